package e2e_test

import (
	"sync"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// offer asks for a quote of the client's.
func (s *scene) offer(t *testing.T, of ...shop.Line) shop.Quote {
	t.Helper()
	quote, err := s.client.Offer(t.Context(), of...)
	if err != nil {
		t.Fatalf("ask for a quote: %v", err)
	}
	return quote
}

func TestQuotedOrderIsChargedWhatWasQuoted(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "10.00", 5)
	quote := s.offer(t, lines(lamp, 2)...)
	s.do(t, s.admin.SetPrice(t.Context(), lamp, "99.00"))
	order := s.settled(t, shop.Placing{Lines: lines(lamp, 2), QuoteID: quote.ID})
	if order.Status != "CONFIRMED" || total(order) != "20.00" {
		t.Errorf("order is %s (%s) at %s, want CONFIRMED at 20.00", order.Status, order.Reason, total(order))
	}
	if used, err := s.client.Quote(t.Context(), quote.ID); err != nil || used.OrderID == nil || *used.OrderID != order.ID {
		t.Errorf("quote = %+v, %v; want it used by the order", used, err)
	}
	for code, placing := range map[string]shop.Placing{
		"QUOTE_USED":     {Lines: lines(lamp, 1), QuoteID: quote.ID},
		"QUOTE_UNKNOWN":  {Lines: lines(lamp, 1), QuoteID: fresh(t)},
		"QUOTE_MISMATCH": {Lines: lines(lamp, 2), QuoteID: s.offer(t, lines(lamp, 1)...).ID},
	} {
		if _, err := s.client.Request(t.Context(), placing); shop.CodeOf(err) != code {
			t.Errorf("placing = %v, want %s", err, code)
		}
	}
	s.check(t)
}

func TestOneOfTheOrdersThatRaceForAQuoteGetsIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "10.00", 50)
	quote := s.offer(t, lines(lamp, 2)...)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			order, err := s.client.Request(t.Context(), shop.Placing{Lines: lines(lamp, 2), QuoteID: quote.ID})
			if err == nil {
				s.note(order.ID)
			} else if shop.CodeOf(err) != "QUOTE_USED" {
				t.Errorf("placing = %v", err)
			}
		})
	}
	all.Wait()
	confirmed := 0
	for _, orderID := range s.orders {
		switch order := s.await(t, orderID); {
		case order.Status == "CONFIRMED":
			confirmed++
		case order.Reason != "QUOTE_USED":
			t.Errorf("order is %s (%s)", order.Status, order.Reason)
		}
	}
	if confirmed != 1 {
		t.Errorf("%d of %d orders are confirmed, want 1", confirmed, len(s.orders))
	}
	s.check(t)
}

// While product-service stands still, orders are taken all the same; it then
// judges them by when they were placed. Not parallel: others need it.
func TestOrdersThatWaitedAreChargedByWhenTheyWerePlaced(t *testing.T) {
	s := open(t)
	lamp := s.stock(t, "10.00", 50)
	quote := s.offer(t, lines(lamp, 2)...)
	var plain, quoted, unknown shop.Order
	s.fleet.paused(t, "product-service", func() {
		plain = s.place(t, shop.Placing{Lines: lines(lamp, 3)})
		quoted = s.place(t, shop.Placing{Lines: lines(lamp, 2), QuoteID: quote.ID})
		unknown = s.place(t, shop.Placing{Lines: lines(lamp, 2), QuoteID: fresh(t)})
	})
	s.do(t, s.admin.SetPrice(t.Context(), lamp, "99.00"))
	if got := s.await(t, plain.ID); got.Status == "CONFIRMED" && total(got) != "30.00" {
		t.Errorf("order without a quote at %s, want 30.00", total(got))
	}
	if got := s.await(t, quoted.ID); got.Status == "CONFIRMED" && total(got) != "20.00" {
		t.Errorf("order with a quote at %s, want 20.00", total(got))
	}
	if got := s.await(t, unknown.ID); got.Status != "CANCELLED" || (got.Reason != "QUOTE_UNKNOWN" && got.Reason != "VALIDATION_TIMEOUT") {
		t.Errorf("order with no quote of the client's is %s (%s)", got.Status, got.Reason)
	}
	s.check(t)
}
