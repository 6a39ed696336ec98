// Package service is the business of accounts, in sentences: who registers,
// signs in and out, and changes what about whom. It declares what it needs from
// stores and secrets as small interfaces and knows nothing of HTTP, SQL or
// Redis.
package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// hasher hashes and checks passwords. The empty hash fits none and costs the
// same.
type hasher interface {
	Hash(ctx context.Context, password string) (string, error)
	Verify(ctx context.Context, hash, password string) (right, stale bool, err error)
}

// failures remembers failed tries.
type failures interface {
	Delay(ctx context.Context, buckets ...entity.Bucket) (time.Duration, error)
	Fail(ctx context.Context, buckets ...entity.Bucket) error
}

// isNotFound reports whether err says that something does not exist.
func isNotFound(err error) bool { return fault.KindOf(err) == fault.NotFound }
