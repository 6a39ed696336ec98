package catalogue

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

func TestQuoteIsLookedUp(t *testing.T) {
	t.Parallel()
	quoteID, unknown, lamp := id.ID{1}, id.ID{2}, id.ID{3}
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch {
		case r.Header.Get("Authorization") != "Bearer secret":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/internal/v1/quotes/"+quoteID.String():
			w.Write([]byte(`{"clientId":"` + id.ID{7}.String() + `","expiresAt":"2026-01-02T03:04:05.678Z","orderId":null,"products":[{"id":"` + lamp.String() + `","quantity":2}]}`)) //nolint:errcheck // the client has gone
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	quotes := New(server.URL, oneToken{}, nil)
	got, err := quotes.Quote(t.Context(), quoteID)
	if err != nil || got.ClientID != (id.ID{7}) || !got.OrderID.IsZero() || got.ExpiresAt.IsZero() {
		t.Fatalf("Quote = %+v, %v", got, err)
	}
	if diff := cmp.Diff(got.Units, map[id.ID]int{lamp: 2}); diff != "" {
		t.Errorf("units (-got +want):\n%s", diff)
	}
	for range 2 * failures { // a quote that does not exist opens no breaker
		if _, err := quotes.Quote(t.Context(), unknown); fault.KindOf(err) != fault.NotFound {
			t.Fatalf("Quote of none = %v, want NotFound", err)
		}
	}
	server.Close()
	before := asked
	for range 2 * failures {
		if _, err := quotes.Quote(t.Context(), quoteID); fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("Quote while product-service is away = %v, want Unavailable", err)
		}
	}
	if asked != before {
		t.Errorf("asked %d times more", asked-before)
	}
}
