package security

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// hand is a clock that a test sets.
type hand struct {
	mu  sync.Mutex
	now time.Time
}

func (h *hand) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hand) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// replica is one of several processes of the provider with its keys at a URL.
type replica struct {
	ring   *Keyring
	tokens *AccessTokens
	url    string
}

func openReplica(t *testing.T, store *memory, clock *hand) replica {
	t.Helper()
	// The lead is that of the service: UnknownKeyPeriod and three looks.
	lead := entity.KeyPolicy{Lead: auth.UnknownKeyPeriod + 15*time.Second, Keep: time.Hour}
	ring, err := OpenKeyring(t.Context(), store, testSeal(t, "secret"), lead, clock.time)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(ring.Published()) //nolint:errcheck // the client has gone
	}))
	t.Cleanup(server.Close)
	issuer := Issuer{URL: "http://shop.example", Audience: "oms", Type: "at+jwt", Life: time.Hour}
	return replica{ring: ring, tokens: NewAccessTokens(ring, issuer, time.Now), url: server.URL}
}

// Two replicas look after their keys every 5 s, two verifiers each ask another
// of them, tokens are verified every second, and somebody rotates all the time.
func TestNoTokenIsRefusedHoweverOftenKeysRotate(t *testing.T) {
	t.Parallel()
	clock, store := &hand{now: time.Now()}, &memory{}
	replicas := []replica{openReplica(t, store, clock), openReplica(t, store, clock)}
	var verifiers []*auth.Verifier
	for _, r := range replicas {
		keys := auth.NewRemoteKeys(r.url, clock.time)
		verifiers = append(verifiers, auth.NewVerifier(keys, auth.Expect{Issuer: "http://shop.example", Audience: "oms", Type: "at+jwt"}))
	}
	signed := map[string]bool{}
	for second := range 150 {
		clock.pass(time.Second)
		if second%7 == 3 {
			if err := replicas[second%2].ring.Rotate(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		for i, r := range replicas {
			if second%5 == 2*i { // not at the same moment
				if err := r.ring.Turn(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			token, _, err := r.tokens.Sign(entity.Claims{Subject: "order-service", ClientID: "order-service"})
			if err != nil {
				t.Fatal(err)
			}
			signed[r.ring.signing().id] = true
			for _, v := range verifiers {
				if _, err := v.Verify(t.Context(), token); err != nil {
					t.Fatalf("second %d, replica %d, key %s: %v", second, i, r.ring.signing().id, err)
				}
			}
		}
	}
	if len(signed) < 4 {
		t.Errorf("%d keys have signed, want three rotations at least", len(signed))
	}
}
