package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type ledger interface {
	Find(ctx context.Context, orderID id.ID) (*entity.Reservation, error)
	Reserve(ctx context.Context, requests []entity.Request, at time.Time) ([]entity.Answer, error)
	Close(ctx context.Context, closes []entity.Close, at time.Time) ([]error, error)
}

// Reservations is what orders have of the stock. Its commands may come in any
// order and as often as they like: the end is the same.
type Reservations struct {
	store ledger
	now   func() time.Time
}

// NewReservations returns the reservations that store keeps.
func NewReservations(store ledger, now func() time.Time) *Reservations {
	return &Reservations{store: store, now: now}
}

// Find returns the reservation of an order.
func (s *Reservations) Find(ctx context.Context, orderID id.ID) (*entity.Reservation, error) {
	return s.store.Find(ctx, orderID)
}

// Reserve takes what orders ask for, first come, first served, and answers each.
func (s *Reservations) Reserve(ctx context.Context, requests []entity.Request) ([]entity.Answer, error) {
	if len(requests) == 0 {
		return nil, nil
	}
	return s.store.Reserve(ctx, requests, s.now())
}

// Close ends reservations and returns for each why it could not, nil if it could.
func (s *Reservations) Close(ctx context.Context, closes []entity.Close) ([]error, error) {
	if len(closes) == 0 {
		return nil, nil
	}
	return s.store.Close(ctx, closes, s.now())
}
