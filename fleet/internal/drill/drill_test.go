package drill_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/fleet/internal/drill"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// weak is a fleet that answers every order's first request with status.
type weak struct {
	status int
	mu     sync.Mutex
	asked  map[string]bool // idempotency keys
	placed int
}

func (f *weak) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case r.URL.Path == "/v1/auth/login":
		io.WriteString(w, `{"accessToken":"t","expiresIn":900,"userId":"u"}`)
	case r.URL.Path == "/v1/products":
		io.WriteString(w, `{"id":"p"}`)
	case r.URL.Path == "/v1/orders" && !f.asked[r.Header.Get("Idempotency-Key")] && f.status != 0:
		f.asked[r.Header.Get("Idempotency-Key")] = true
		w.WriteHeader(f.status)
	case r.URL.Path == "/v1/orders":
		f.placed++
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, `{"orderId":"o"}`)
	default:
		io.WriteString(w, `{"status":"CONFIRMED"}`)
	}
}

// load is a load on a fleet that answers with status first.
func load(t *testing.T, status int) (drill.Load, *weak) {
	t.Helper()
	f := &weak{status: status, asked: map[string]bool{}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	s := shop.New(server.URL)
	admin, err := s.SignIn(t.Context(), "admin@example.com", "secret")
	if err != nil {
		t.Fatal(err)
	}
	return drill.Load{Shop: s, Admin: admin, Rate: 50, Longest: time.Minute, Patience: time.Minute}, f
}

func nothing(context.Context) error { return nil }

func TestOrdersAreAskedForUntilTheyAreAccepted(t *testing.T) {
	t.Parallel()
	l, f := load(t, http.StatusServiceUnavailable)
	ledger, tally, err := l.While(t.Context(), nothing)
	if err != nil {
		t.Fatal(err)
	}
	if len(ledger.Orders) == 0 || len(ledger.Orders) != f.placed || len(ledger.Orders) != len(f.asked) {
		t.Errorf("%d orders are known of %d that were placed and %d asked for", len(ledger.Orders), f.placed, len(f.asked))
	}
	if tally.Failed() != len(f.asked) || !strings.Contains(tally.String(), "place 503: ") {
		t.Errorf("%d requests failed, %s, want one an order", tally.Failed(), tally)
	}
}

func TestFailuresAreJudged(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		status int
		change func(*drill.Load)
		event  func(context.Context) error
		want   string
	}{
		{"all is well", 0, func(l *drill.Load) { l.Strict = true }, nothing, ""},
		{"a strict load excuses nothing", 503, func(l *drill.Load) { l.Strict = true }, nothing, "requests failed"},
		{"a 502 is never excused", 502, func(*drill.Load) {}, nothing, "a 5xx other than 503"},
		{"answers must come in time", 0, func(l *drill.Load) { l.Longest = 0 }, nothing, "more than 0s"},
		{"the event must not fail", 0, func(*drill.Load) {}, func(context.Context) error { return errors.New("it broke") }, "it broke"},
		{"every order is accepted at last", 503, func(l *drill.Load) { l.Patience = 50 * time.Millisecond }, nothing, "never accepted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l, _ := load(t, tt.status)
			tt.change(&l)
			_, _, err := l.While(t.Context(), tt.event)
			if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("While = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestLedgerIsReadAsItWasKept(t *testing.T) {
	t.Parallel()
	want := shop.Ledger{Products: []string{"p"}, Orders: []string{"a", "b"}}
	path := filepath.Join(t.TempDir(), "ledger.json")
	if err := drill.Keep(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := drill.Read(path)
	if diff := cmp.Diff(got, want); diff != "" || err != nil {
		t.Errorf("Read = %v (-got +want):\n%s", err, diff)
	}
}
