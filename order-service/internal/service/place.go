package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// Place takes an order. Under an idempotency key the same request gets the same
// order again, as it was placed, however often and however parallel it comes:
// replayed tells. Only admins place for others. With more orders unsettled than
// are allowed it fails with fault.CodeOverloaded, but for what was placed before;
// likewise when the order cannot have the quote that it names.
func (s *Orders) Place(ctx context.Context, by auth.Principal, p entity.Placing) (order *entity.Order, replayed bool, err error) {
	order, err = s.draft(by, p)
	if err != nil {
		return nil, false, err
	}
	if refused := s.checkQuote(ctx, order); refused != nil {
		return s.replayOr(ctx, p, refused) // its first order may be what has used the quote
	}
	if overloaded := s.backlog.Enter(ctx); overloaded != nil {
		return s.replayOr(ctx, p, overloaded)
	}
	// Waiting begins before the order exists: its answer may be quick.
	outcome, stop := s.expect(order, p.Wait)
	defer stop()
	taken, err := s.store.Create(ctx, order, p.Once)
	s.backlog.Done(ctx)
	if err != nil || taken {
		s.backlog.Left(1)
	}
	if err != nil {
		return nil, false, err
	}
	if taken {
		order, err = s.replay(ctx, p)
		return order, true, err
	}
	return s.await(ctx, order, outcome, p), false, nil
}

// draft makes the order that is asked for.
func (s *Orders) draft(by auth.Principal, p entity.Placing) (*entity.Order, error) {
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

// replayOr returns the order that was placed under the key, and fails with other
// if there is none.
func (s *Orders) replayOr(ctx context.Context, p entity.Placing, other error) (*entity.Order, bool, error) {
	if p.Once == nil {
		return nil, false, other
	}
	order, err := s.replay(ctx, p)
	if fault.KindOf(err) == fault.NotFound {
		return nil, false, other
	}
	return order, true, err
}

// replay returns the order that was placed under the key, or fault.NotFound. The
// same key with another request is the caller's mistake.
func (s *Orders) replay(ctx context.Context, p entity.Placing) (*entity.Order, error) {
	earlier, request, err := s.store.FindOnce(ctx, p.Once.Key)
	if err != nil {
		return nil, err
	}
	if request != p.Once.Request {
		return nil, fault.New(fault.CodeIdempotencyKeyReused, "This Idempotency-Key was used with another request.")
	}
	if p.Wait == 0 {
		return earlier.AsPlaced(), nil
	}
	outcome, stop := s.expect(earlier, p.Wait)
	defer stop()
	if earlier, err = s.store.Find(ctx, earlier.ID); err != nil { // it may have changed before we waited
		return nil, err
	}
	return s.await(ctx, earlier, outcome, p), nil
}

// expect begins to wait for an order's outcome, if there is to be any waiting.
func (s *Orders) expect(o *entity.Order, wait time.Duration) (outcome <-chan struct{}, stop func()) {
	if wait == 0 {
		return nil, func() {}
	}
	return s.waiters.Expect(o.ID, o.Version)
}

// await returns the order when it has left New, or as it is when the waiting
// ends. It is placed, whatever becomes of our reading it again.
func (s *Orders) await(ctx context.Context, o *entity.Order, outcome <-chan struct{}, p entity.Placing) *entity.Order {
	if p.Wait == 0 || o.Status != entity.New {
		return o
	}
	patience := time.NewTimer(p.Wait)
	defer patience.Stop()
	select {
	case <-outcome:
	case <-patience.C:
	case <-p.Hurry:
	case <-ctx.Done():
		return o
	}
	if now, err := s.store.Find(ctx, o.ID); err == nil {
		return now
	}
	return o
}
