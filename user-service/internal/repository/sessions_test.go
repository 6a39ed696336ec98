package repository

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/fault"
)

func TestSessionIsFoundAsItWasOpened(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		clock := newWatch()
		sessions := NewSessions(rdb, lives, clock.time)
		want := open(t, sessions, newID(t))
		if want.Generation != 1 || !want.EndsAt.Equal(clock.time().Add(lives.Max)) {
			t.Errorf("opened %+v", want)
		}
		got, err := sessions.Find(t.Context(), want.ID)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("Find = %v (-want +got):\n%s", err, diff)
		}
		if _, err := sessions.Find(t.Context(), newID(t)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("Find of another = %v, want not found", err)
		}
	})
}

func TestRefreshTokensFollowEachOther(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		clock := newWatch()
		sessions := NewSessions(rdb, lives, clock.time)
		session := open(t, sessions, newID(t))
		for shown := int64(1); shown <= 5; shown++ {
			clock.pass(time.Hour)
			if got := rotate(t, sessions, session, shown); got != shown+1 {
				t.Fatalf("Rotate of generation %d = %d, want %d", shown, got, shown+1)
			}
		}
		got, err := sessions.Find(t.Context(), session.ID)
		if err != nil || !got.UsedAt.Equal(clock.time()) || !got.CreatedAt.Equal(session.CreatedAt) {
			t.Errorf("Find = %+v, %v, want it used now", got, err)
		}
	})
}

func TestTabsThatRefreshAtOnceGetTheSameSuccessor(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		sessions := NewSessions(rdb, lives, newWatch().time)
		session := open(t, sessions, newID(t))
		var tabs sync.WaitGroup
		for range 20 {
			tabs.Go(func() {
				if got := rotate(t, sessions, session, 1); got != 2 {
					t.Errorf("Rotate = %d, want 2", got)
				}
			})
		}
		tabs.Wait()
		if got := rotate(t, sessions, session, 2); got != 3 {
			t.Errorf("Rotate of the successor = %d, want 3", got)
		}
	})
}

func TestReuseAfterTheGraceEndsThatSessionAndNoOther(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		clock := newWatch()
		sessions, user := NewSessions(rdb, lives, clock.time), newID(t)
		stolen, other := open(t, sessions, user), open(t, sessions, user)
		rotate(t, sessions, stolen, 1)
		clock.pass(lives.Grace)
		if got := rotate(t, sessions, stolen, 1); got != 0 {
			t.Errorf("reuse gave generation %d", got)
		}
		if got := rotate(t, sessions, stolen, 2); got != 0 {
			t.Errorf("after reuse the newest token gave generation %d", got)
		}
		if got := rotate(t, sessions, other, 1); got != 2 {
			t.Errorf("the other session gave generation %d, want 2", got)
		}
	})
}

func TestOlderTokenIsReuseEvenWithinTheGrace(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		sessions := NewSessions(rdb, lives, newWatch().time)
		session := open(t, sessions, newID(t))
		rotate(t, sessions, session, 1)
		rotate(t, sessions, session, 2)
		if got := rotate(t, sessions, session, 1); got != 0 {
			t.Errorf("the token before the last gave generation %d", got)
		}
	})
}

// A Redis that was killed may forget its last second. Whoever has the newest
// token stays signed in; older ones are as used as they were.
func TestTokenThatRedisForgotGoesOn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		clock := newWatch()
		sessions := NewSessions(rdb, lives, clock.time)
		session := open(t, sessions, newID(t))
		if got := rotate(t, sessions, session, 3); got != 4 {
			t.Fatalf("Rotate of a token ahead = %d, want 4", got)
		}
		clock.pass(lives.Grace)
		if got := rotate(t, sessions, session, 3); got != 0 {
			t.Errorf("its reuse gave generation %d", got)
		}
	})
}

func TestSessionsEndByThemselves(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		every time.Duration
		times int64
		want  bool
	}{
		{"used daily", 24 * time.Hour, 29, true},
		{"used daily for too long", 24 * time.Hour, 30, false},
		{"left alone for a week", lives.Idle, 1, false},
		{"left alone for almost a week", lives.Idle - time.Millisecond, 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
				clock := newWatch()
				sessions := NewSessions(rdb, lives, clock.time)
				session := open(t, sessions, newID(t))
				var last int64
				for shown := int64(1); shown <= tt.times; shown++ {
					clock.pass(tt.every)
					last = rotate(t, sessions, session, shown)
				}
				if got := last != 0; got != tt.want {
					t.Errorf("alive = %t, want %t", got, tt.want)
				}
			})
		})
	}
}

func TestRedisForgetsSessionsByItself(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		clock := newWatch()
		sessions, user := NewSessions(rdb, lives, clock.time), newID(t)
		session := open(t, sessions, user)
		life := func(key string) time.Duration { return rdb.PTTL(t.Context(), key).Val().Round(time.Minute) }
		if got := life(sessionKey(session.ID)); got != lives.Idle {
			t.Errorf("a new session lives %v, want %v", got, lives.Idle)
		}
		if got := life(indexKey(user)); got != lives.Max {
			t.Errorf("the index lives %v, want %v", got, lives.Max)
		}
		for shown := int64(1); shown <= 4; shown++ {
			clock.pass(6 * 24 * time.Hour)
			rotate(t, sessions, session, shown)
		}
		if got := life(sessionKey(session.ID)); got != 6*24*time.Hour {
			t.Errorf("near its end the session lives %v, want 6 days", got)
		}
	})
}

func TestRedisHoldsNoToken(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		sessions := NewSessions(rdb, lives, newWatch().time)
		session := open(t, sessions, newID(t))
		for name, value := range rdb.HGetAll(t.Context(), sessionKey(session.ID)).Val() {
			switch name {
			case "user", "client", "scope", "generation", "agent", "address", "signedIn", "created", "used", "ends":
			default:
				t.Errorf("field %s = %s is not expected", name, value)
			}
			if strings.Count(value, ".") == 2 {
				t.Errorf("field %s = %s looks like a token", name, value)
			}
		}
	})
}
