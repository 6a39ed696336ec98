package service_test

import (
	"errors"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

// verdict is what Settle says about each answer of a batch.
func (s *shop) verdict(t *testing.T, answers ...entity.Answer) (misfits []error, late int) {
	t.Helper()
	misfits, late, err := s.Settle(t.Context(), answers)
	if err != nil || len(misfits) != len(answers) {
		t.Fatalf("Settle = %v, %v; want a verdict on each of %d answers", misfits, err, len(answers))
	}
	return misfits, late
}

func TestAnswersSettleTheirOrders(t *testing.T) {
	t.Parallel()
	s := open(10)
	first, second := s.place(t), s.place(t)
	changed, stop := s.waiters.Expect(second.ID, 1)
	defer stop()
	if misfits, late := s.verdict(t, answer(first), answer(second)); misfits[0] != nil || misfits[1] != nil || late != 0 {
		t.Errorf("Settle = %v, %d late", misfits, late)
	}
	for _, o := range []*entity.Order{first, second} {
		if got := s.store.orders[o.ID]; got.Status != entity.Confirmed || got.Total.String() != "59.70" {
			t.Errorf("order is %s at %s, want CONFIRMED at 59.70", got.Status, got.Total)
		}
	}
	if n := s.backlog.Waiting(); n != 0 {
		t.Errorf("%d orders wait, want none", n)
	}
	select {
	case <-changed:
	default:
		t.Error("who waits for the order was not told")
	}
}

func TestAnswersThatAreToBlameAreNamedAndTheOthersCount(t *testing.T) {
	t.Parallel()
	s := open(10)
	forged, good := s.place(t), s.place(t)
	misfit, unknown := answer(forged), answer(good)
	misfit.Lines[0].Taken = 4
	unknown.OrderID = newID(t)
	misfits, late := s.verdict(t, misfit, unknown, answer(good))
	if fault.KindOf(misfits[0]) != fault.Invalid || fault.KindOf(misfits[1]) != fault.NotFound || misfits[2] != nil || late != 0 {
		t.Errorf("Settle = %v, %d late; want Invalid, NotFound and nothing", misfits, late)
	}
	if got := s.store.orders[forged.ID]; got.Status != entity.Cancelled || got.Reason != entity.ValidationError || got.Total != nil {
		t.Errorf("order is %s (%s), want CANCELLED (VALIDATION_ERROR)", got.Status, got.Reason)
	}
	if got := s.store.orders[good.ID].Status; got != entity.Confirmed {
		t.Errorf("the other order is %s, want CONFIRMED", got)
	}
	if n := s.backlog.Waiting(); n != 0 {
		t.Errorf("%d orders wait, want none", n)
	}
}

func TestLateAndRepeatedAnswersChangeNothingAndCountOnce(t *testing.T) {
	t.Parallel()
	s := open(10)
	cancelled, settled := s.place(t), s.place(t)
	s.place(t)
	if _, err := s.Cancel(t.Context(), ada, change(cancelled.ID)); err != nil {
		t.Fatal(err)
	}
	changed, stop := s.waiters.Expect(cancelled.ID, 2)
	defer stop()
	forged := answer(settled)
	forged.Lines[0].Taken = 99
	misfits, late := s.verdict(t, answer(settled), answer(cancelled), answer(settled), forged)
	if misfits[1] != nil || misfits[2] != nil || misfits[3] != nil || late != 3 {
		t.Errorf("Settle = %v, %d late; want 3 late", misfits, late)
	}
	if got := s.store.orders[cancelled.ID]; got.Status != entity.Cancelled || got.Reason != entity.ClientRequest || got.Version != 2 {
		t.Errorf("order is %s (%s), version %d; want it as it was", got.Status, got.Reason, got.Version)
	}
	if n := s.backlog.Waiting(); n != 1 {
		t.Errorf("%d orders wait, want 1", n)
	}
	select {
	case <-changed:
		t.Error("who waits was told of an order that has not changed")
	default:
	}
}

func TestRepeatedTransactionCountsOnce(t *testing.T) {
	t.Parallel()
	s := open(10)
	first, unknown := s.place(t), answer(s.place(t))
	unknown.OrderID = newID(t)
	s.store.repeats = 2
	misfits, late := s.verdict(t, answer(first), unknown, answer(first))
	if misfits[0] != nil || misfits[1] == nil || late != 1 {
		t.Errorf("Settle = %v, %d late; want one misfit and one late", misfits, late)
	}
	if n := s.backlog.Waiting(); n != 1 {
		t.Errorf("%d orders wait, want 1", n)
	}
}

func TestOurOwnFailureSettlesNothing(t *testing.T) {
	t.Parallel()
	s := open(10)
	o := s.place(t)
	s.store.broken = errors.New("away")
	if misfits, late, err := s.Settle(t.Context(), []entity.Answer{answer(o)}); !errors.Is(err, s.store.broken) || misfits != nil || late != 0 {
		t.Errorf("Settle = %v, %d, %v; want the store's failure alone", misfits, late, err)
	}
	if _, err := s.overdue(o).ExpireOverdue(t.Context(), time.Minute); !errors.Is(err, s.store.broken) {
		t.Errorf("ExpireOverdue = %v, want the store's failure", err)
	}
	if n := s.backlog.Waiting(); n != 1 {
		t.Errorf("%d orders wait, want 1", n)
	}
}

// overdue is the service at a time when the order was placed a minute and a
// millisecond ago.
func (s *shop) overdue(o *entity.Order) *service.Orders {
	now := o.CreatedAt.Add(time.Minute + time.Millisecond)
	return service.NewOrders(s.store, s.backlog, s.waiters, func() time.Time { return now })
}

func TestOverdueOrdersAreCancelledHoweverMany(t *testing.T) {
	t.Parallel()
	s := open(1000)
	var orders []*entity.Order
	for range 450 { // more than two batches
		orders = append(orders, s.place(t))
	}
	settled := orders[0]
	s.settle(t, settled)
	s.store.repeats = 1
	young := id.Floor(orders[449].CreatedAt.Add(time.Millisecond))
	s.store.keep(&entity.Order{ID: young, Status: entity.New, CreatedAt: young.Time(), Version: 1})
	expired, err := s.overdue(orders[449]).ExpireOverdue(t.Context(), time.Minute)
	if expired != 449 || err != nil {
		t.Fatalf("ExpireOverdue = %d, %v; want 449", expired, err)
	}
	for _, o := range orders[1:] {
		got := s.store.orders[o.ID]
		last := s.store.history[o.ID][1]
		if got.Status != entity.Cancelled || got.Reason != entity.ValidationTimeout || last.Actor != entity.System || !last.Releases {
			t.Fatalf("order is %s (%s) by %+v, want CANCELLED (VALIDATION_TIMEOUT) by the system", got.Status, got.Reason, last)
		}
	}
	if got := s.store.orders[settled.ID].Status; got != entity.Confirmed {
		t.Errorf("a settled order is %s, want CONFIRMED", got)
	}
	if got := s.store.orders[young].Status; got != entity.New {
		t.Errorf("an order at its deadline is %s, want NEW", got)
	}
	if n := s.backlog.Waiting(); n != 0 {
		t.Errorf("%d orders wait by our count, want none", n)
	}
}
