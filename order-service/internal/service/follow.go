package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// followPeriod is how often a follower looks for what other replicas did.
const followPeriod = time.Second

// Follow hands the steps of an order after a sequence to tell, those there are
// and then each as it is taken, until the order is final, tell fails, or ctx or
// done ends. idle is called when nothing has happened for a second.
func (s *Orders) Follow(ctx context.Context, orderID id.ID, after int, done <-chan struct{}, tell func([]entity.Step) error, idle func() error) error {
	ticker := time.NewTicker(followPeriod)
	defer ticker.Stop()
	for {
		changed, stop := s.waiters.Expect(orderID) // before reading, so that nothing falls between
		steps, err := s.store.History(ctx, orderID, after)
		if err != nil || len(steps) > 0 {
			stop()
			if err != nil {
				return err
			}
			if err := tell(steps); err != nil {
				return err
			}
			last := steps[len(steps)-1]
			if after = last.Sequence; last.To.Final() {
				return nil
			}
			continue
		}
		select {
		case <-changed:
		case <-ticker.C:
			err = idle()
		case <-done:
			stop()
			return nil
		case <-ctx.Done():
			err = ctx.Err()
		}
		stop()
		if err != nil {
			return err
		}
	}
}

// Followable returns whether there can be steps after a sequence: not when the
// order is final and the caller has seen its last step.
func (s *Orders) Followable(ctx context.Context, by auth.Principal, orderID id.ID, after int) (bool, error) {
	order, err := s.Find(ctx, by, orderID)
	if err != nil {
		return false, err
	}
	return order.Version > after || !order.Status.Final(), nil
}
