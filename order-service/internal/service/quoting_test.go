package service_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// offer is what product-service says about every quote.
type offer struct {
	quote *entity.Quote
	err   error
}

func (o *offer) Quote(context.Context, id.ID) (*entity.Quote, error) { return o.quote, o.err }

// quoted is a request for three of a product under a quote of Ada's for them.
func quoted(t *testing.T) (entity.Placing, *entity.Quote) {
	t.Helper()
	p := placing(t)
	p.Draft.QuoteID = newID(t)
	return p, &entity.Quote{ClientID: ada.UserID, ExpiresAt: time.Now().Add(time.Hour), Units: map[id.ID]int{p.Draft.Lines[0].ProductID: 3}}
}

func TestOrderIsRefusedAtOnceThatCannotHaveItsQuote(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*offer)
		want   fault.Code
	}{
		"fits":                   {func(*offer) {}, ""},
		"another's":              {func(o *offer) { o.quote.ClientID = grace.UserID }, fault.CodeQuoteUnknown},
		"none":                   {func(o *offer) { o.quote, o.err = nil, fault.NotFoundf("none") }, fault.CodeQuoteUnknown},
		"used":                   {func(o *offer) { o.quote.OrderID = id.ID{1} }, fault.CodeQuoteUsed},
		"expired":                {func(o *offer) { o.quote.ExpiresAt = time.Now().Add(-time.Second) }, fault.CodeQuoteExpired},
		"too few":                {func(o *offer) { clear(o.quote.Units) }, fault.CodeQuoteMismatch},
		"product-service's away": {func(o *offer) { o.quote, o.err = nil, fault.Unavailablef(nil, "away") }, ""},
	} {
		s := open(10)
		p, quote := quoted(t)
		o := &offer{quote: quote}
		tt.change(o)
		_, _, err := s.WithQuotes(o).Place(t.Context(), ada, p)
		if (tt.want == "") != (err == nil) || (err != nil && fault.CodeOf(err) != tt.want) {
			t.Errorf("%s: Place = %v, want %q", name, err, tt.want)
		}
		if placed := len(s.store.orders) == 1; placed != (tt.want == "") || s.backlog.Waiting() != len(s.store.orders) {
			t.Errorf("%s: %d orders placed, %d wait", name, len(s.store.orders), s.backlog.Waiting())
		}
	}
}

func TestOrderUnderAKeyIsRepeatedThoughItHasUsedItsQuote(t *testing.T) {
	t.Parallel()
	s := open(10)
	p, quote := quoted(t)
	p.Once = entity.NewOnce("ada", "key", []byte("request"))
	o := &offer{quote: quote}
	s.WithQuotes(o)
	first, _, err := s.Place(t.Context(), ada, p)
	if err != nil {
		t.Fatal(err)
	}
	quote.OrderID = first.ID
	again, replayed, err := s.Place(t.Context(), ada, p)
	if err != nil || !replayed {
		t.Fatalf("Place again = %t, %v", replayed, err)
	}
	if diff := cmp.Diff(first, again, ignoreSteps); diff != "" {
		t.Errorf("order (-first +again):\n%s", diff)
	}
	p.Once = entity.NewOnce("ada", "another key", []byte("request"))
	if _, _, err := s.Place(t.Context(), ada, p); fault.CodeOf(err) != fault.CodeQuoteUsed {
		t.Errorf("Place under another key = %v, want QUOTE_USED", err)
	}
}
