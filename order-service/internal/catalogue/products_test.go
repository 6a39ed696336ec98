package catalogue

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

type oneToken struct{}

func (oneToken) Token(context.Context) (string, error) { return "secret", nil }

// shelf is product-service with one product.
type shelf struct {
	url    string
	asked  atomic.Int64
	status atomic.Int64
}

func newShelf(t *testing.T, lamp id.ID) *shelf {
	t.Helper()
	s := &shelf{}
	s.status.Store(http.StatusOK)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		if r.Header.Get("Authorization") != "Bearer secret" || r.URL.Path != "/internal/v1/products" || !strings.Contains(r.URL.Query().Get("ids"), lamp.String()) {
			t.Errorf("asked for %s as %q", r.URL, r.Header.Get("Authorization"))
		}
		w.WriteHeader(int(s.status.Load()))
		json.NewEncoder(w).Encode(map[string]any{"items": []any{map[string]any{"id": lamp, "name": "Lamp", "imageUrl": nil, "price": 1.5}}}) //nolint:errcheck // the client has gone
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func TestProductsAreNamed(t *testing.T) {
	t.Parallel()
	lamp := id.ID{1}
	shelf := newShelf(t, lamp)
	names, err := New(shelf.url+"/", oneToken{}, nil).Names(t.Context(), []id.ID{lamp, {2}})
	if err != nil || len(names) != 1 || names[lamp].Name != "Lamp" {
		t.Errorf("Names = %v, %v", names, err)
	}
}

func TestBreakerStopsAskingWhatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	lamp := id.ID{1}
	shelf := newShelf(t, lamp)
	shelf.status.Store(http.StatusServiceUnavailable)
	var states []string
	products := New(shelf.url, oneToken{}, func(_, to string) { states = append(states, to) })
	for range 3 * failures {
		if _, err := products.Names(t.Context(), []id.ID{lamp}); fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("Names = %v, want unavailable", err)
		}
	}
	if shelf.asked.Load() != failures || len(states) != 1 || states[0] != "open" {
		t.Errorf("asked %d times, states %v, want %d and open", shelf.asked.Load(), states, failures)
	}
}
