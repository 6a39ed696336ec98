package auth_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
)

// tokenServer gives numbered tokens that are good for 100 s.
type tokenServer struct {
	url    string
	given  atomic.Int64
	broken atomic.Bool
}

func newTokenServer(t *testing.T) *tokenServer {
	t.Helper()
	s := &tokenServer{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, secret, _ := r.BasicAuth()
		if s.broken.Load() || name != "order-service" || secret != "a%2Bsecret" || r.FormValue("grant_type") != "client_credentials" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		token := map[string]any{"access_token": "token " + string(rune('0'+s.given.Add(1))), "expires_in": 100}
		json.NewEncoder(w).Encode(token) //nolint:errcheck // the client has gone
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// hands is a clock that a test sets.
type hands struct{ at atomic.Int64 }

func (h *hands) now() time.Time     { return time.Unix(h.at.Load(), 0) }
func (h *hands) pass(seconds int64) { h.at.Add(seconds) }
func (s *tokenServer) source(clock *hands) *auth.TokenSource {
	return auth.NewTokenSource(s.url, "order-service", "a+secret", clock.now)
}

func TestOneTokenServesAllUntilItGrowsOld(t *testing.T) {
	t.Parallel()
	server, clock := newTokenServer(t), &hands{}
	clock.pass(1000)
	source := server.source(clock)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if token, err := source.Token(t.Context()); token != "token 1" || err != nil {
				t.Errorf("Token = %s, %v", token, err)
			}
		})
	}
	all.Wait()
	clock.pass(80) // old, and good still: it serves while another is fetched
	if token, err := source.Token(t.Context()); token != "token 1" || err != nil {
		t.Errorf("Token = %s, %v", token, err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for token := ""; token != "token 2"; {
		var err error
		if token, err = source.Token(t.Context()); err != nil || time.Now().After(deadline) {
			t.Fatalf("Token = %s, %v, want the next one", token, err)
		}
	}
	if given := server.given.Load(); given != 2 {
		t.Errorf("%d tokens were given, want 2", given)
	}
}

func TestOldTokenServesWhileTheProviderIsAway(t *testing.T) {
	t.Parallel()
	server, clock := newTokenServer(t), &hands{}
	clock.pass(1000)
	source := server.source(clock)
	if _, err := source.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.broken.Store(true)
	clock.pass(90)
	if token, err := source.Token(t.Context()); token != "token 1" || err != nil {
		t.Errorf("Token = %s, %v, want the old one", token, err)
	}
	clock.pass(10)
	if _, err := source.Token(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Token = %v, want unavailable", err)
	}
	server.broken.Store(false)
	clock.pass(1)
	if token, err := source.Token(t.Context()); token != "token 2" || err != nil {
		t.Errorf("Token = %s, %v, want a new one", token, err)
	}
}
