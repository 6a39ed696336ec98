package entity_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

var ada, grace = id.ID{0xa}, id.ID{0xb}

// offered is a quote of Ada's for 2 lamps at 9.00 and 5 mugs at 4.00, made at
// noon for 15 minutes.
func offered() *entity.Quote {
	return &entity.Quote{
		ID: id.ID{9}, ClientID: ada, CreatedAt: noon, ExpiresAt: noon.Add(15 * time.Minute),
		Lines: []entity.QuoteLine{{ProductID: id.ID{1}, Quantity: 2, UnitPrice: 900}, {ProductID: id.ID{2}, Quantity: 5, UnitPrice: 400}},
	}
}

// quoting is books with the quote and three products, of which there are ten
// each at 10.00.
func quoting(q *entity.Quote) *entity.Books {
	books := entity.NewBooks(noon.Add(time.Hour))
	books.Quotes[q.ID] = q
	for n := range byte(3) {
		books.Shelf.Put(&entity.Item{
			ProductID: id.ID{n + 1}, Name: "Thing", Status: entity.Active, Stock: entity.Stock{OnHand: 10},
			Prices: entity.Timeline{{Amount: 1000, From: noon.Add(-time.Hour)}},
		})
	}
	return books
}

func quoted(order byte, wants ...entity.Want) entity.Request {
	return entity.Request{OrderID: id.ID{0xff, order}, ClientID: ada, QuoteID: id.ID{9}, PlacedAt: noon.Add(time.Minute), Wants: wants}
}

func TestOrderIsChargedWhatWasQuoted(t *testing.T) {
	t.Parallel()
	books := quoting(offered())
	answer := books.Reserve(quoted(1, entity.Want{ProductID: id.ID{1}, Units: 2}, entity.Want{ProductID: id.ID{2}, Units: 3}))
	if answer.Result != entity.Full || *answer.Lines[0].UnitPrice != 900 || *answer.Lines[1].UnitPrice != 400 {
		t.Errorf("answer = %+v, want FULL at 9.00 and 4.00", answer)
	}
	if len(books.Used) != 1 || books.Used[0].OrderID != (id.ID{0xff, 1}) {
		t.Errorf("used = %+v, want the quote by the order", books.Used)
	}
}

func TestOrderThatTheQuoteDoesNotFitGetsNothing(t *testing.T) {
	t.Parallel()
	lamp := func(units int) entity.Want { return entity.Want{ProductID: id.ID{1}, Units: units} }
	for name, tt := range map[string]struct {
		change func(*entity.Request, *entity.Quote)
		want   entity.Reason
	}{
		"another's":     {func(r *entity.Request, _ *entity.Quote) { r.ClientID = grace }, entity.QuoteUnknown},
		"nobody's":      {func(r *entity.Request, _ *entity.Quote) { r.ClientID = id.ID{} }, entity.QuoteUnknown},
		"none":          {func(r *entity.Request, _ *entity.Quote) { r.QuoteID = id.ID{7} }, entity.QuoteUnknown},
		"used":          {func(_ *entity.Request, q *entity.Quote) { q.OrderID = id.ID{5} }, entity.QuoteUsed},
		"used, expired": {func(r *entity.Request, q *entity.Quote) { q.OrderID, r.PlacedAt = id.ID{5}, q.ExpiresAt }, entity.QuoteUsed},
		"expired":       {func(r *entity.Request, q *entity.Quote) { r.PlacedAt = q.ExpiresAt }, entity.QuoteExpired},
		"too many":      {func(r *entity.Request, _ *entity.Quote) { r.Wants = []entity.Want{lamp(3)} }, entity.QuoteMismatch},
		"other product": {func(r *entity.Request, _ *entity.Quote) {
			r.Wants = []entity.Want{lamp(1), {ProductID: id.ID{3}, Units: 1}}
		}, entity.QuoteMismatch},
		"just in time": {func(r *entity.Request, q *entity.Quote) { r.PlacedAt = q.ExpiresAt.Add(-time.Millisecond) }, ""},
		"fewer":        {func(r *entity.Request, _ *entity.Quote) { r.Wants = []entity.Want{lamp(1)} }, ""},
	} {
		quote, request := offered(), quoted(1, lamp(2))
		tt.change(&request, quote)
		books := quoting(quote)
		answer := books.Reserve(request)
		if answer.Reason != tt.want || (tt.want != "") != (answer.Result == entity.None) || (tt.want == "") != (len(books.Used) == 1) {
			t.Errorf("%s: answer %s %s, %d used; want %q", name, answer.Result, answer.Reason, len(books.Used), tt.want)
		}
	}
}

func TestQuoteThatBroughtNothingCanBeUsedStill(t *testing.T) {
	t.Parallel()
	books := quoting(offered())
	books.Shelf[id.ID{1}].Stock.Reserved = 10
	if got := books.Reserve(quoted(1, entity.Want{ProductID: id.ID{1}, Units: 1})); got.Reason != entity.OutOfStock || len(books.Used) != 0 {
		t.Errorf("answer = %+v, %d used", got, len(books.Used))
	}
	if got := books.Reserve(quoted(2, entity.Want{ProductID: id.ID{2}, Units: 1})); got.Result != entity.Full {
		t.Errorf("answer = %+v, want FULL", got)
	}
	if got := books.Reserve(quoted(3, entity.Want{ProductID: id.ID{2}, Units: 1})); got.Reason != entity.QuoteUsed {
		t.Errorf("answer = %+v, want QUOTE_USED", got)
	}
	if got := books.Reserve(quoted(2, entity.Want{ProductID: id.ID{2}, Units: 1})); got.Result != entity.Full {
		t.Errorf("answer to the same order again = %+v, want FULL", got)
	}
}

func TestQuoteNamesEveryLineThatCannotBeOffered(t *testing.T) {
	t.Parallel()
	shelf := quoting(offered()).Shelf
	shelf[id.ID{2}].Status = entity.Archived
	wants := []entity.Want{{ProductID: id.ID{1}, Units: 6000}, {ProductID: id.ID{2}, Units: 1}, {ProductID: id.ID{9}, Units: 0}, {ProductID: id.ID{1}, Units: 6000}}
	_, err := entity.NewQuote(id.ID{9}, ada, wants, shelf, noon, time.Minute)
	var places []string
	for _, v := range violations(t, err) {
		places = append(places, v.Location)
	}
	want := []string{"products[2].quantity", "products[3].quantity", "products[1].id", "products[2].id"}
	if diff := cmp.Diff(places, want); diff != "" {
		t.Errorf("mistakes (-got +want):\n%s", diff)
	}
	q, err := entity.NewQuote(id.ID{9}, ada, append(wants[:1:1], entity.Want{ProductID: id.ID{1}, Units: 4000}), shelf, noon, time.Minute)
	if err != nil || len(q.Lines) != 1 || q.Lines[0].Quantity != 10_000 || q.Total() != 10_000*1000 {
		t.Errorf("NewQuote = %+v, %v", q, err)
	}
}

func violations(t *testing.T, err error) []fault.Violation {
	t.Helper()
	found, ok := err.(*fault.Error) //nolint:errorlint // not wrapped
	if !ok {
		t.Fatalf("error = %v, want violations", err)
	}
	return found.Violations
}
