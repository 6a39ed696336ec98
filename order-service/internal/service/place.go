package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// Placing is a request for an order.
type Placing struct {
	Draft   entity.Draft
	Once    *entity.Once  // nil without an idempotency key
	Wait    time.Duration // how long to wait for the outcome; 0: not at all
	TraceID string
}

// Place takes an order. Under an idempotency key the same request gets the same
// order again, as it was placed, however often and however parallel it comes:
// replayed tells. Only admins place for others. With more orders unsettled than
// are allowed it fails with fault.CodeOverloaded.
func (s *Orders) Place(ctx context.Context, by auth.Principal, p Placing) (order *entity.Order, replayed bool, err error) {
	order, err = s.draft(by, p)
	if err != nil {
		return nil, false, err
	}
	if p.Once != nil {
		if earlier, err := s.replay(ctx, p); err != nil || earlier != nil {
			return earlier, true, err
		}
	}
	if err := s.backlog.Admit(); err != nil {
		return nil, false, err
	}
	// Waiting begins before the order exists: its answer may be quick.
	outcome, stop := s.expect(order.ID, p.Wait)
	defer stop()
	taken, err := s.store.Create(ctx, order, p.Once)
	if err != nil {
		return nil, false, err
	}
	if taken {
		order, err = s.replay(ctx, p)
		return order, true, err
	}
	s.backlog.Placed()
	order, err = s.await(ctx, order, outcome, p.Wait)
	return order, false, err
}

// draft makes the order that is asked for.
func (s *Orders) draft(by auth.Principal, p Placing) (*entity.Order, error) {
	d := p.Draft
	switch {
	case d.ClientID.IsZero() || d.ClientID == by.UserID:
		d.ClientID, d.ClientName = by.UserID, by.Name
	case !by.Is(auth.Admin):
		return nil, fault.New(fault.CodeForbidden, "Only admins place orders for others.")
	}
	orderID, err := id.New()
	if err != nil {
		return nil, err
	}
	return entity.Place(orderID, d, entity.Cause{Actor: by.UserID.String(), TraceID: p.TraceID})
}

// replay returns the order that was placed under the key, nil if there is none.
// The same key with another request is the caller's mistake.
func (s *Orders) replay(ctx context.Context, p Placing) (*entity.Order, error) {
	earlier, request, err := s.store.FindOnce(ctx, p.Once.Key)
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if request != p.Once.Request {
		return nil, fault.New(fault.CodeIdempotencyKeyReused, "This Idempotency-Key was used with another request.")
	}
	if p.Wait == 0 {
		return earlier.AsPlaced(), nil
	}
	outcome, stop := s.expect(earlier.ID, p.Wait)
	defer stop()
	return s.await(ctx, earlier, outcome, p.Wait)
}

// expect begins to wait for an order's outcome, if there is to be any waiting.
func (s *Orders) expect(orderID id.ID, wait time.Duration) (outcome <-chan struct{}, stop func()) {
	if wait == 0 {
		return nil, func() {}
	}
	return s.waiters.Expect(orderID)
}

// await returns the order when it has left New, or as it is after the wait.
func (s *Orders) await(ctx context.Context, o *entity.Order, outcome <-chan struct{}, wait time.Duration) (*entity.Order, error) {
	if wait == 0 || o.Status != entity.New {
		return o, nil
	}
	patience := time.NewTimer(wait)
	defer patience.Stop()
	select {
	case <-outcome:
	case <-patience.C:
	case <-ctx.Done():
		return o, nil // it is placed, whatever the caller's patience
	}
	if now, err := s.store.Find(ctx, o.ID); err == nil {
		return now, nil
	}
	return o, nil // placed all the same; the reader can ask again
}
