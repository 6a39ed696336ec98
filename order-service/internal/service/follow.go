package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// idlePeriod is after how long a silent follower hears that all is well: less
// than proxies take for a dead connection.
const idlePeriod = 15 * time.Second

// Followable returns after which sequence a caller who has seen the steps up to
// seen goes on, and whether there can be more: not when the order is final and
// they have seen its last step. Who claims to have seen steps that were never
// taken begins at the beginning.
func (s *Orders) Followable(ctx context.Context, by auth.Principal, orderID id.ID, seen int) (after int, more bool, err error) {
	order, err := s.Find(ctx, by, orderID)
	if err != nil {
		return 0, false, err
	}
	if seen < 0 || seen > order.Version {
		seen = 0
	}
	return seen, order.Version > seen || !order.Status.Final(), nil
}

// Follow tells the steps of an order after a sequence, those there are and then
// each as it is taken, until the order is final, the follower fails, or ctx or
// done ends. Who may follow Followable has said.
func (s *Orders) Follow(ctx context.Context, orderID id.ID, after int, done <-chan struct{}, to entity.Follower) error {
	silence := time.NewTicker(idlePeriod)
	defer silence.Stop()
	for over := false; !over; {
		changed, stop := s.waiters.Expect(orderID, after) // before reading, so that nothing falls between
		steps, err := s.store.History(ctx, orderID, after)
		switch {
		case err != nil:
		case len(steps) > 0:
			err = to.Tell(steps)
			last := steps[len(steps)-1]
			after, over = last.Sequence, last.To.Final()
			silence.Reset(idlePeriod)
		default:
			over, err = rest(ctx, changed, done, silence.C, to)
		}
		stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// rest returns when there may be something to read; over, when it is not to be
// read any more.
func rest(ctx context.Context, changed, done <-chan struct{}, silence <-chan time.Time, to entity.Follower) (over bool, err error) {
	select {
	case <-changed:
		return false, nil
	case <-silence:
		return false, to.Idle()
	case <-done:
		return true, nil
	case <-ctx.Done():
		return true, ctx.Err()
	}
}
