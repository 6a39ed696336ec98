package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Guard slows down whoever guesses passwords, by account and by address. It
// never locks anyone out for good, and tries that succeed cost nothing.
type Guard struct {
	failures failures
	account  entity.Limit
	address  entity.Limit
}

// NewGuard returns a guard with these limits.
func NewGuard(failures failures, account, address entity.Limit) *Guard {
	return &Guard{failures: failures, account: account, address: address}
}

// try runs check, which reports whether a password was right, unless too many
// were wrong before; then it fails with fault.TooMany. It passes on what check
// reports.
func (g *Guard) try(ctx context.Context, email, address string, check func() (bool, error)) (bool, error) {
	buckets := []entity.Bucket{entity.AccountBucket(email, g.account)}
	if address != "" {
		buckets = append(buckets, entity.AddressBucket(address, g.address))
	}
	delay, err := g.failures.Delay(ctx, buckets...)
	if err != nil {
		return false, err
	}
	if delay > 0 {
		return false, fault.New(fault.CodeTooManyRequests, "Too many wrong passwords; wait a little.").After(wholeSeconds(delay))
	}
	right, err := check()
	if err == nil && !right {
		err = g.failures.Fail(ctx, buckets...)
	}
	return right, err
}

// wholeSeconds rounds up, as Retry-After knows only seconds.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}
