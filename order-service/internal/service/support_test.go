package service_test

import (
	"context"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

var (
	ada   = auth.Principal{UserID: id.ID{1}, Name: "Ada Lovelace", Roles: []auth.Role{auth.Client}}
	grace = auth.Principal{UserID: id.ID{2}, Name: "Grace Hopper", Roles: []auth.Role{auth.Client}}
	admin = auth.Principal{UserID: id.ID{3}, Name: "Alex Demo", Roles: []auth.Role{auth.Admin}}
	root  = auth.Principal{UserID: id.ID{4}, Roles: []auth.Role{auth.Root}}
)

// shop is the service over a store in memory.
type shop struct {
	*service.Orders
	store   *shelf
	backlog *service.Backlog
	waiters *service.Waiters
}

// open returns a shop that takes orders while no more than limit wait.
func open(limit int) *shop {
	s := &shop{
		store:   &shelf{orders: map[id.ID]entity.Order{}, keys: map[entity.Digest]kept{}, history: map[id.ID][]entity.Step{}},
		backlog: service.NewBacklog(limit), waiters: service.NewWaiters(),
	}
	s.Orders = service.NewOrders(s.store, s.backlog, s.waiters, time.Now)
	return s
}

// place takes an order of Ada's for three of one product.
func (s *shop) place(t *testing.T) *entity.Order {
	t.Helper()
	order, _, err := s.Place(t.Context(), ada, placing(t))
	if err != nil {
		t.Fatalf("Place: %v", err)
	}
	return order
}

func placing(t *testing.T) entity.Placing {
	t.Helper()
	return entity.Placing{Draft: entity.Draft{Address: "1 Main Street", Lines: []entity.Line{{ProductID: newID(t), Purchased: 3}}}}
}

// settle confirms an order.
func (s *shop) settle(t *testing.T, o *entity.Order) {
	t.Helper()
	if misfits, _, err := s.Settle(t.Context(), []entity.Answer{answer(o)}); err != nil || misfits[0] != nil {
		t.Errorf("Settle = %v, %v", misfits, err)
	}
}

// answer is that all of the order is there.
func answer(o *entity.Order) entity.Answer {
	price := money.Amount(1990)
	line := o.Lines[0]
	return entity.Answer{OrderID: o.ID, Result: entity.Full, Lines: []entity.AnsweredLine{
		{ProductID: line.ProductID, Requested: line.Purchased, Taken: line.Purchased, UnitPrice: &price},
	}}
}

// nobodyWaits fails the test when somebody is still waited for.
func (s *shop) nobodyWaits(t *testing.T) {
	t.Helper()
	err := s.waiters.Look(t.Context(), func(_ context.Context, ids []id.ID) (map[id.ID]int, error) {
		t.Errorf("%d orders are still waited for", len(ids))
		return nil, nil
	})
	if err != nil {
		t.Error(err)
	}
}

func newID(t *testing.T) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}
