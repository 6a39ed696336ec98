package e2e_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// These tests stop product-service for a while, so they run before the parallel
// ones and one after the other.

func TestOrderThatNobodyAnswersIsCancelledAtItsDeadline(t *testing.T) {
	s := open(t)
	lamp := s.stock(t, "1.00", 5)
	var order shop.Order
	s.fleet.paused(t, "product-service", func() {
		order = s.settled(t, shop.Placing{Lines: lines(lamp, 2)})
	})
	if order.Status != "CANCELLED" || order.Reason != "VALIDATION_TIMEOUT" {
		t.Errorf("order is %s (%s), want CANCELLED (VALIDATION_TIMEOUT)", order.Status, order.Reason)
	}
	s.check(t) // the late answer changes nothing, and its stock goes back
	s.wantHistory(t, order.ID, "NEW", "CANCELLED")
}

func TestCancelBeforeValidationHoldsNothing(t *testing.T) {
	s := open(t)
	lamp := s.stock(t, "1.00", 5)
	s.fleet.paused(t, "product-service", func() {
		order := s.place(t, shop.Placing{Lines: lines(lamp, 2)})
		s.do(t, s.client.Cancel(t.Context(), order.ID))
		if got := s.await(t, order.ID); got.Reason != "CLIENT_REQUEST" {
			t.Errorf("order is %s (%s), want CANCELLED (CLIENT_REQUEST)", got.Status, got.Reason)
		}
	})
	s.check(t)
}

func TestForgedAnswerToANewOrderCancelsIt(t *testing.T) {
	s := open(t)
	lamp := s.stock(t, "10.00", 5)
	var order shop.Order
	s.fleet.paused(t, "product-service", func() {
		order = s.place(t, shop.Placing{Lines: lines(lamp, 2)})
		s.fleet.topics.Publish(t, answer(order.ID, fmt.Sprintf(`{"orderId": %q, "result": "FULL", "products": [
			{"productId": %q, "productName": "x", "requestedQuantity": 2, "deductedQuantity": 3, "unitPrice": 0.01}]}`, order.ID, lamp)))
		order = s.await(t, order.ID)
	})
	if order.Status != "CANCELLED" || order.Reason != "VALIDATION_ERROR" || order.TotalPrice != nil {
		t.Errorf("order = %+v, want CANCELLED (VALIDATION_ERROR) without a total", order)
	}
	s.fleet.topics.deadLetter(t, contract.ValidationResponses, order.ID)
	s.check(t) // what product-service reserved meanwhile goes back
}

func TestCancelDuringValidationHoldsNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "1.00", 500)
	var all sync.WaitGroup
	for range 50 {
		order := s.place(t, shop.Placing{Lines: lines(lamp, 2)})
		all.Go(func() {
			if err := s.client.Cancel(t.Context(), order.ID); err != nil {
				t.Errorf("cancel: %v", err)
			}
		})
	}
	all.Wait()
	s.check(t)
	if counts := s.countSettled(t); counts["CANCELLED"] != 50 {
		t.Errorf("orders by status = %v, want 50 CANCELLED", counts)
	}
}
