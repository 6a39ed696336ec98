package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// Settle applies product-service's answers, all in one transaction. misfits has
// a failure for each answer that is itself to blame, in their order: it names an
// order that does not exist, or does not fit its order, which is then cancelled.
// late counts the answers to orders that were no longer new; they changed
// nothing. err is ours, and nothing has changed then.
func (s *Orders) Settle(ctx context.Context, answers []entity.Answer) (misfits []error, late int, err error) {
	ids := make([]id.ID, len(answers))
	for i, a := range answers {
		ids[i] = a.OrderID
	}
	var left []id.ID
	err = s.store.UpdateAll(ctx, ids, func(orders []*entity.Order) error {
		misfits, left, late = make([]error, len(answers)), nil, 0 // may run again
		byID := make(map[id.ID]*entity.Order, len(orders))
		for _, o := range orders {
			byID[o.ID] = o
		}
		now := s.now()
		for i, a := range answers {
			order := byID[a.OrderID]
			if order == nil {
				misfits[i] = fault.NotFoundf("order %s not found", a.OrderID)
				continue
			}
			changed, misfit := order.Settle(a, now)
			if misfits[i] = misfit; changed {
				left = append(left, a.OrderID)
			} else {
				late++
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	s.left(left...)
	return misfits, late, nil
}

// overdueBatch bounds one transaction of ExpireOverdue.
const overdueBatch = 200

// ExpireOverdue cancels every order that has been new for longer than the
// deadline, and returns how many. Several replicas may do so at once.
func (s *Orders) ExpireOverdue(ctx context.Context, deadline time.Duration) (expired int, err error) {
	before := id.Floor(s.now().Add(-deadline))
	for {
		var left []id.ID
		found, err := s.store.UpdateOverdue(ctx, before, overdueBatch, func(orders []*entity.Order) error {
			left = nil // may run again
			for _, o := range orders {
				cause := entity.Cause{Actor: entity.System, Reason: entity.ValidationTimeout}
				if err := o.Cancel(cause, s.now()); err != nil {
					return err
				}
				left = append(left, o.ID)
			}
			return nil
		})
		if err != nil {
			return expired, err
		}
		s.left(left...)
		if expired += len(left); found < overdueBatch {
			return expired, nil
		}
	}
}
