package repository_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
	"github.com/oms-fleet/oms/product-service/internal/repository"
)

// quote offers a client so many units of a product at 7.77, until noon + 15 min.
func (w *warehouse) quote(t testing.TB, clientID, productID id.ID, units int) *entity.Quote {
	t.Helper()
	return w.quoteAll(t, clientID, []entity.Want{{ProductID: productID, Units: units}})
}

// quoteAll offers a client several products likewise.
func (w *warehouse) quoteAll(t testing.TB, clientID id.ID, wants []entity.Want) *entity.Quote {
	t.Helper()
	q := &entity.Quote{ID: newID(t), ClientID: clientID, CreatedAt: noon, ExpiresAt: noon.Add(15 * time.Minute)}
	for _, want := range wants {
		q.Lines = append(q.Lines, entity.QuoteLine{ProductID: want.ProductID, Name: "Thing", Quantity: want.Units, UnitPrice: 777})
	}
	if err := repository.NewQuotes(w.db).Create(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	return q
}

func (w *warehouse) findQuote(t *testing.T, quoteID id.ID) *entity.Quote {
	t.Helper()
	q, err := repository.NewQuotes(w.db).Find(t.Context(), quoteID)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Of orders that race for a quote, in many batches and replicas, one gets it;
// its price is the quoted one, and no unit is sold twice.
func TestQuoteIsUsedByOneOfManyRacingOrders(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 30, 30)
	clientID := newID(t)
	var quotes []*entity.Quote
	for n := range 10 {
		quotes = append(quotes, w.quote(t, clientID, ids[n%2], 2))
	}
	won := make([]map[id.ID]int, 8) // by quote
	together(t, len(won), func(n int) error {
		won[n] = map[id.ID]int{}
		var requests []entity.Request
		for i := range quotes {
			q := quotes[(i+n)%len(quotes)]
			request := order(t, entity.Want{ProductID: q.Lines[0].ProductID, Units: 1 + n%2})
			request.ClientID, request.QuoteID = clientID, q.ID
			requests = append(requests, request)
		}
		answers, err := w.reservations.Reserve(t.Context(), requests, noon)
		for i, answer := range answers {
			switch {
			case answer.Result == entity.Full && *answer.Lines[0].UnitPrice == 777:
				won[n][requests[i].QuoteID]++
			case answer.Reason != entity.QuoteUsed:
				t.Errorf("answer = %+v, want the quoted price or QUOTE_USED", answer)
			}
		}
		return err
	})
	for _, q := range quotes {
		winners := 0
		for n := range won {
			winners += won[n][q.ID]
		}
		if winners != 1 || w.findQuote(t, q.ID).OrderID.IsZero() {
			t.Errorf("%d orders have used the quote, noted as %s", winners, w.findQuote(t, q.ID).OrderID)
		}
	}
	w.balance(t)
}

func TestQuoteIsJudgedByWhenItsOrderWasPlaced(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 10)
	clientID := newID(t)
	for placed, want := range map[time.Duration]entity.Reason{14 * time.Minute: "", 15 * time.Minute: entity.QuoteExpired} {
		q := w.quote(t, clientID, ids[0], 2)
		request := order(t, entity.Want{ProductID: ids[0], Units: 2})
		request.ClientID, request.QuoteID, request.PlacedAt = clientID, q.ID, noon.Add(placed)
		first := w.reserve(t, request)[0] // an hour after noon
		if first.Reason != want {
			t.Errorf("placed after %s: %+v, want %q", placed, first, want)
		}
		if diff := cmp.Diff(w.reserve(t, request)[0], first); diff != "" {
			t.Errorf("the same order again (-got +want):\n%s", diff)
		}
	}
	w.balance(t)
}

func TestOldQuotesAreDeleted(t *testing.T) {
	t.Parallel()
	w := open(t)
	q := w.quote(t, newID(t), w.stock(t, 1)[0], 1)
	quotes := repository.NewQuotes(w.db)
	if diff := cmp.Diff(w.findQuote(t, q.ID), q); diff != "" {
		t.Errorf("quote (-got +want):\n%s", diff)
	}
	if n, err := quotes.DeleteExpired(t.Context(), q.ExpiresAt, 10); n != 0 || err != nil {
		t.Errorf("DeleteExpired in time = %d, %v; want none", n, err)
	}
	if n, err := quotes.DeleteExpired(t.Context(), q.ExpiresAt.Add(time.Millisecond), 10); n != 1 || err != nil {
		t.Errorf("DeleteExpired = %d, %v; want 1", n, err)
	}
	if _, err := quotes.Find(t.Context(), q.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Find = %v, want NotFound", err)
	}
	left := 0
	if err := w.db.Get(&left, "SELECT COUNT(*) FROM quote_lines"); err != nil || left != 0 {
		t.Errorf("%d lines left, %v", left, err)
	}
}

func TestErasedClientsUnusedQuotesAreDeleted(t *testing.T) {
	t.Parallel()
	w := open(t)
	product, erased := w.stock(t, 10)[0], newID(t)
	unused, used, others := w.quote(t, erased, product, 1), w.quote(t, erased, product, 1), w.quote(t, newID(t), product, 1)
	request := order(t, entity.Want{ProductID: product, Units: 1})
	request.ClientID, request.QuoteID = erased, used.ID
	if _, err := w.reservations.Reserve(t.Context(), []entity.Request{request}, noon); err != nil {
		t.Fatal(err)
	}
	quotes := repository.NewQuotes(w.db)
	for range 2 {
		if err := quotes.DeleteUnused(t.Context(), []id.ID{newID(t), erased}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := quotes.Find(t.Context(), unused.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Find of the unused = %v, want NotFound", err)
	}
	for _, kept := range []*entity.Quote{used, others} {
		if got := w.findQuote(t, kept.ID); len(got.Lines) != 1 {
			t.Errorf("quote %s is left with %d lines", kept.ID, len(got.Lines))
		}
	}
	left := 0
	if err := w.db.Get(&left, "SELECT COUNT(*) FROM quote_lines"); err != nil || left != 2 {
		t.Errorf("%d lines left, %v, want 2", left, err)
	}
}
