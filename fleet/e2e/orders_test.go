package e2e_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

func TestOrderWithinStockIsConfirmedAtThePriceOfTheDay(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "19.90", 5)
	order := s.settled(t, shop.Placing{Lines: lines(lamp, 2)})
	if order.Status != "CONFIRMED" || total(order) != "39.80" || order.Products[0].Fulfilled != 2 || order.Products[0].Name == "" {
		t.Errorf("order = %+v, want CONFIRMED, 39.80, 2 units and a name", order)
	}
	s.wantHistory(t, order.ID, "NEW", "CONFIRMED")
	s.check(t)
}

func TestScarceStockConfirmsInPart(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "19.90", 2)
	order := s.settled(t, shop.Placing{Lines: lines(lamp, 3)})
	if order.Status != "PARTIAL_CONFIRMED" || total(order) != "39.80" || order.Products[0].Fulfilled != 2 {
		t.Errorf("order = %+v, want PARTIAL_CONFIRMED, 39.80, 2 units", order)
	}
	s.check(t)
}

func TestOrderThatCannotBeFulfilledIsCancelledWithItsReason(t *testing.T) {
	t.Parallel()
	s := open(t)
	empty, plenty, scarce, archived := s.stock(t, "1.00", 0), s.stock(t, "1.00", 100), s.stock(t, "1.00", 1), s.stock(t, "1.00", 5)
	s.do(t, s.admin.Change(t.Context(), archived, map[string]any{"status": "ARCHIVED"}))
	tests := []struct {
		name, reason string
		placing      shop.Placing
	}{
		{"no stock", "OUT_OF_STOCK", shop.Placing{Lines: lines(empty, 1)}},
		{"not all of it", "OUT_OF_STOCK", shop.Placing{Lines: lines(plenty, 1, scarce, 2), Fulfilment: "ALL_OR_NOTHING"}},
		{"unknown product", "UNKNOWN_PRODUCT", shop.Placing{Lines: lines(plenty, 1, fresh(t), 1)}},
		{"archived product", "PRODUCT_ARCHIVED", shop.Placing{Lines: lines(plenty, 1, archived, 1)}},
	}
	for _, tt := range tests {
		order := s.settled(t, tt.placing)
		if order.Status != "CANCELLED" || order.Reason != tt.reason {
			t.Errorf("%s: order is %s (%s), want CANCELLED (%s)", tt.name, order.Status, order.Reason, tt.reason)
		}
	}
	s.check(t)
}

func TestAllOrNothingTakesAllWhenThereIsEnough(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp, chair := s.stock(t, "2.00", 3), s.stock(t, "3.00", 3)
	order := s.settled(t, shop.Placing{Lines: lines(lamp, 3, chair, 3), Fulfilment: "ALL_OR_NOTHING"})
	if order.Status != "CONFIRMED" || total(order) != "15.00" {
		t.Errorf("order = %+v, want CONFIRMED at 15.00", order)
	}
	s.check(t)
}

func TestRepeatedProductsAreOneLine(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "1.50", 10)
	order := s.settled(t, shop.Placing{Lines: lines(lamp, 2, lamp, 3)})
	if len(order.Products) != 1 || order.Products[0].Fulfilled != 5 || total(order) != "7.50" {
		t.Errorf("order = %+v, want one line of 5 at 7.50", order)
	}
	s.check(t)
}

func TestEveryEndOfAnOrderIsFinal(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "1.00", 10)
	shipped, cancelled := s.settled(t, shop.Placing{Lines: lines(lamp, 2)}), s.settled(t, shop.Placing{Lines: lines(lamp, 3)})
	s.do(t, s.admin.Ship(t.Context(), shipped.ID))
	s.do(t, s.client.Cancel(t.Context(), cancelled.ID))
	for _, orderID := range []string{shipped.ID, cancelled.ID} {
		for what, err := range map[string]error{
			"cancel": s.client.Cancel(t.Context(), orderID), "cancel by an admin": s.admin.Cancel(t.Context(), orderID), "ship": s.admin.Ship(t.Context(), orderID),
		} {
			if got := shop.CodeOf(err); got != "ILLEGAL_STATUS" {
				t.Errorf("%s order %s: %v, want ILLEGAL_STATUS", what, orderID, err)
			}
		}
	}
	s.wantHistory(t, shipped.ID, "NEW", "CONFIRMED", "SHIPPED")
	s.wantHistory(t, cancelled.ID, "NEW", "CONFIRMED", "CANCELLED")
	s.check(t)
}

func TestOrdersOfOthersDoNotExist(t *testing.T) {
	t.Parallel()
	s := open(t)
	order := s.settled(t, shop.Placing{Lines: lines(s.stock(t, "1.00", 5), 1)})
	other, err := s.shop.NewClient(t.Context())
	s.do(t, err)
	for what, err := range map[string]error{
		"read": second(other.Order(t.Context(), order.ID)), "history": second(other.History(t.Context(), order.ID)), "cancel": other.Cancel(t.Context(), order.ID),
	} {
		if got := shop.CodeOf(err); got != "NOT_FOUND" {
			t.Errorf("%s: %v, want NOT_FOUND", what, err)
		}
	}
	if got := shop.CodeOf(other.Ship(t.Context(), order.ID)); got != "FORBIDDEN" {
		t.Errorf("ship as a client: %s, want FORBIDDEN", got)
	}
}

func TestManyOrdersOnFewUnitsNeverOversell(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "1.00", 100)
	s.inParallel(t, 500, 50, func(context.Context, int) shop.Placing { return shop.Placing{Lines: lines(lamp, 1)} })
	s.check(t)
	counts := s.countSettled(t)
	if counts["CONFIRMED"] != 100 || counts["CANCELLED"] != 400 {
		t.Errorf("orders by status = %v, want 100 CONFIRMED and 400 CANCELLED", counts)
	}
}

func TestOrdersOfTwoProductsInOppositeOrderAllSettle(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp, chair := s.stock(t, "1.00", 1000), s.stock(t, "2.00", 1000)
	s.inParallel(t, 200, 40, func(_ context.Context, i int) shop.Placing {
		if i%2 == 0 {
			return shop.Placing{Lines: lines(lamp, 1, chair, 2)}
		}
		return shop.Placing{Lines: lines(chair, 1, lamp, 2)}
	})
	s.check(t)
	if counts := s.countSettled(t); counts["CONFIRMED"] != 200 {
		t.Errorf("orders by status = %v, want 200 CONFIRMED", counts)
	}
}

func TestOneIdempotencyKeyPlacesOneOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "1.00", 100)
	placing := shop.Placing{Lines: lines(lamp, 2), Key: fresh(t)}
	bodies := make([]string, 50)
	var all sync.WaitGroup
	for i := range bodies {
		all.Go(func() {
			answer, err := s.client.Do(t.Context(), placing.Call())
			if err != nil || answer.Status != http.StatusCreated {
				t.Errorf("request %d: %v, %v", i, answer, err)
				return
			}
			bodies[i] = string(answer.Body)
		})
	}
	all.Wait()
	for i, body := range bodies {
		if body != bodies[0] {
			t.Fatalf("answer %d differs:\n%s\n%s", i, body, bodies[0])
		}
	}
	var list struct{ Items []shop.Order }
	s.do(t, s.client.Ask(t.Context(), shop.Call{Method: http.MethodGet, Path: "/v1/orders"}, &list))
	if len(list.Items) != 1 {
		t.Fatalf("%d orders, want 1", len(list.Items))
	}
	s.orders = append(s.orders, list.Items[0].ID)
	s.check(t)

	again, err := s.client.Do(t.Context(), placing.Call())
	s.do(t, err)
	if string(again.Body) != bodies[0] || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("after the outcome the answer is %s (%s), want the first one, replayed", again.Body, again.Header)
	}
	other := shop.Placing{Lines: lines(lamp, 3), Key: placing.Key}
	if _, err := s.client.Request(t.Context(), other); shop.CodeOf(err) != "IDEMPOTENCY_KEY_REUSED" {
		t.Errorf("another request under the key: %v, want IDEMPOTENCY_KEY_REUSED", err)
	}
}

func TestPreferWaitHoldsTheAnswerUntilTheOutcome(t *testing.T) {
	t.Parallel()
	s := open(t)
	call := shop.Placing{Lines: lines(s.stock(t, "1.00", 5), 1)}.Call()
	call.Header = map[string]string{"Prefer": "wait=10"}
	var order shop.Order
	s.do(t, s.client.Ask(t.Context(), call, &order))
	if order.Status != "CONFIRMED" {
		t.Errorf("order is %s, want CONFIRMED", order.Status)
	}
	s.orders = append(s.orders, order.ID)
	s.check(t)
}

func TestAdminPlacesForAClient(t *testing.T) {
	t.Parallel()
	s := open(t)
	call := shop.Placing{Lines: lines(s.stock(t, "1.00", 5), 1)}.Call()
	body := call.Body.(map[string]any)
	body["clientId"] = s.client.ID()
	var order shop.Order
	s.do(t, s.admin.Ask(t.Context(), call, &order))
	if order.ClientID != s.client.ID() {
		t.Errorf("order belongs to %s, want %s", order.ClientID, s.client.ID())
	}
	s.orders = append(s.orders, order.ID)
	s.check(t)
	body["clientId"] = s.admin.ID()
	if err := s.client.Ask(t.Context(), call, nil); shop.CodeOf(err) != "FORBIDDEN" {
		t.Errorf("a client places for another: %v, want FORBIDDEN", err)
	}
}

func total(o shop.Order) string {
	if o.TotalPrice == nil {
		return ""
	}
	return o.TotalPrice.String()
}

// lines makes order lines of pairs: product id, quantity.
func lines(pairs ...any) (made []shop.Line) {
	for i := 0; i+1 < len(pairs); i += 2 {
		made = append(made, shop.Line{ID: fmt.Sprint(pairs[i]), Quantity: pairs[i+1].(int)})
	}
	return made
}

func second[T any](_ T, err error) error { return err }
