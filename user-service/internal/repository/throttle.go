package repository

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Throttle counts failures in Redis, for all replicas together.
type Throttle struct {
	rdb  redis.UniversalClient
	now  func() time.Time
	fail *redis.Script
}

// NewThrottle returns the counters in rdb.
func NewThrottle(rdb redis.UniversalClient, now func() time.Time) *Throttle {
	return &Throttle{rdb: rdb, now: now, fail: redis.NewScript(failSource)}
}

// Delay returns how long the next try has to wait by the fullest of the
// buckets; 0 lets it through.
func (r *Throttle) Delay(ctx context.Context, buckets ...entity.Bucket) (time.Duration, error) {
	replies := make([]*redis.StringCmd, len(buckets))
	_, err := r.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, bucket := range buckets {
			replies[i] = p.Get(ctx, bucketKey(bucket))
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, away(err, "read failures")
	}
	var longest time.Duration
	for i, bucket := range buckets {
		emptyAt, err := replies[i].Int64()
		if err != nil {
			continue // no failure is counted there
		}
		longest = max(longest, time.UnixMilli(emptyAt).Sub(r.now())-bucket.Limit.Free())
	}
	return longest, nil
}

// Fail counts one failure in each of the buckets.
func (r *Throttle) Fail(ctx context.Context, buckets ...entity.Bucket) error {
	for _, bucket := range buckets {
		limit := bucket.Limit
		err := r.fail.Run(ctx, r.rdb, []string{bucketKey(bucket)},
			r.now().UnixMilli(), limit.Drain.Milliseconds(), (limit.Free() + limit.Longest).Milliseconds()).Err()
		if err != nil {
			return away(err, "count a failure")
		}
	}
	return nil
}

func bucketKey(b entity.Bucket) string { return "failures:{" + b.Name + "}" }
