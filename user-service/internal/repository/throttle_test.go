package repository

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

func TestFailuresSlowDownAndAreForgotten(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		clock := newWatch()
		throttle := NewThrottle(rdb, clock.time)
		limit := entity.Limit{Burst: 3, Drain: 5 * time.Second, Longest: 12 * time.Second}
		bucket := entity.Bucket{Name: newID(t).String(), Limit: limit}
		expect := func(when string, want time.Duration) {
			t.Helper()
			got, err := throttle.Delay(t.Context(), entity.Bucket{Name: "empty", Limit: limit}, bucket)
			if err != nil || max(got, 0) != want {
				t.Errorf("%s: Delay = %v, %v, want %v", when, got, err, want)
			}
		}
		fail := func(times int) {
			t.Helper()
			for range times {
				if err := throttle.Fail(t.Context(), bucket); err != nil {
					t.Fatal(err)
				}
			}
		}
		expect("at first", 0)
		fail(2)
		expect("after two failures", 0)
		fail(1)
		expect("after three", 5*time.Second)
		clock.pass(4 * time.Second)
		expect("four seconds later", time.Second)
		clock.pass(time.Second)
		expect("when one is forgotten", 0)
		fail(1)
		expect("after another", 5*time.Second)
		fail(100)
		expect("after a hundred at once", 12*time.Second)
		clock.pass(22 * time.Second)
		expect("when all are forgotten", 0)
		fail(2)
		expect("and two more", 0)
	})
}

func TestCountersDoNotStay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		throttle := NewThrottle(rdb, newWatch().time)
		bucket := entity.Bucket{Name: newID(t).String(), Limit: entity.Limit{Burst: 2, Drain: time.Minute, Longest: time.Minute}}
		if err := throttle.Fail(t.Context(), bucket); err != nil {
			t.Fatal(err)
		}
		if got := rdb.PTTL(t.Context(), bucketKey(bucket)).Val(); got <= 0 || got > time.Minute {
			t.Errorf("a counter of one failure lives %v, want a minute", got)
		}
	})
}

func TestThrottleSaysWhenRedisIsAway(t *testing.T) {
	t.Parallel()
	throttle, bucket := NewThrottle(noRedis(t), time.Now), entity.Bucket{Name: "x", Limit: entity.Limit{Burst: 1}}
	if _, err := throttle.Delay(t.Context(), bucket); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Delay = %v, want unavailable", err)
	}
	if err := throttle.Fail(t.Context(), bucket); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Fail = %v, want unavailable", err)
	}
}
