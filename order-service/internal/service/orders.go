// Package service is what the shop does with orders, in sentences.
package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// store keeps orders; each method is a transaction.
type store interface {
	Create(ctx context.Context, o *entity.Order, once *entity.Once) (taken bool, err error)
	Find(ctx context.Context, orderID id.ID) (*entity.Order, error)
	FindOnce(ctx context.Context, key entity.Digest) (*entity.Order, entity.Digest, error)
	Search(ctx context.Context, f entity.Filter, q page.Query) (page.Page[*entity.Order], error)
	History(ctx context.Context, orderID id.ID, after int) ([]entity.Step, error)
	Update(ctx context.Context, orderID id.ID, change func(*entity.Order) error) (*entity.Order, error)
	UpdateAll(ctx context.Context, ids []id.ID, change func([]*entity.Order) error) error
	UpdateOverdue(ctx context.Context, before id.ID, limit int, change func([]*entity.Order) error) (int, error)
}

// Orders takes orders and follows them to their end.
type Orders struct {
	store   store
	quotes  quotes // nil where nobody knows any
	backlog *Backlog
	waiters *Waiters
	now     func() time.Time
}

// NewOrders returns the service over a store. now gives UTC to the millisecond.
func NewOrders(store store, backlog *Backlog, waiters *Waiters, now func() time.Time) *Orders {
	return &Orders{store: store, backlog: backlog, waiters: waiters, now: now}
}

// WithQuotes lets orders be held against their quotes when they are placed. It
// returns s.
func (s *Orders) WithQuotes(quotes quotes) *Orders {
	s.quotes = quotes
	return s
}

// Find returns an order to its client or an admin; to anyone else it does not
// exist.
func (s *Orders) Find(ctx context.Context, by auth.Principal, orderID id.ID) (*entity.Order, error) {
	order, err := s.store.Find(ctx, orderID)
	if err != nil {
		return nil, err
	}
	return order, visible(order, by)
}

// visible fails with fault.NotFound for what is not theirs to see.
func visible(o *entity.Order, by auth.Principal) error {
	if o.ClientID != by.UserID && !by.Is(auth.Admin) {
		return fault.NotFoundf("order %s not found", o.ID)
	}
	return nil
}

// Search lists orders: to a client their own, to an admin all.
func (s *Orders) Search(ctx context.Context, by auth.Principal, f entity.Filter, q page.Query) (page.Page[*entity.Order], error) {
	if !by.Is(auth.Admin) {
		if !f.ClientID.IsZero() && f.ClientID != by.UserID {
			return page.Page[*entity.Order]{}, nil // others' orders do not exist
		}
		f.ClientID = by.UserID
	}
	return s.store.Search(ctx, f, q)
}

// History returns the steps of an order after a sequence (0: all of them).
func (s *Orders) History(ctx context.Context, by auth.Principal, orderID id.ID, after int) ([]entity.Step, error) {
	if _, err := s.Find(ctx, by, orderID); err != nil {
		return nil, err
	}
	return s.store.History(ctx, orderID, after)
}

// Cancel calls an order off: a client's own, or any for an admin.
func (s *Orders) Cancel(ctx context.Context, by auth.Principal, c entity.Change) (*entity.Order, error) {
	return s.step(ctx, by, c, func(o *entity.Order, cause entity.Cause) error {
		cause.Reason = entity.AdminRequest
		if o.ClientID == by.UserID {
			cause.Reason = entity.ClientRequest
		}
		return o.Cancel(cause, s.now())
	})
}

// Ship marks an order as having left. Routes let only admins ask.
func (s *Orders) Ship(ctx context.Context, by auth.Principal, c entity.Change) (*entity.Order, error) {
	return s.step(ctx, by, c, func(o *entity.Order, cause entity.Cause) error { return o.Ship(cause, s.now()) })
}

func (s *Orders) step(ctx context.Context, by auth.Principal, c entity.Change, take func(*entity.Order, entity.Cause) error) (*entity.Order, error) {
	if err := c.Valid(); err != nil {
		return nil, err
	}
	wasNew := false
	order, err := s.store.Update(ctx, c.OrderID, func(o *entity.Order) error {
		if err := visible(o, by); err != nil {
			return err
		}
		if err := c.Check(o.Version); err != nil {
			return err
		}
		wasNew = o.Status == entity.New
		return take(o, entity.Cause{Actor: by.UserID.String(), Note: c.Note, TraceID: c.TraceID})
	})
	if err != nil {
		return nil, err
	}
	if wasNew {
		s.backlog.Left(1)
	}
	s.waiters.Tell(order.ID)
	return order, nil
}

// left notes that orders are no longer new.
func (s *Orders) left(ids ...id.ID) {
	s.backlog.Left(len(ids))
	s.waiters.Tell(ids...)
}
