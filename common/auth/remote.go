package auth

import (
	"context"
	"crypto/rsa"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/oms-fleet/oms/common/client"
	"github.com/oms-fleet/oms/common/fault"
)

// How long fetched keys are used before they are fetched again, how often at
// most an unknown key id makes us ask again, and how often at most we ask a
// provider that we never reached. A provider that rotates publishes a key for
// longer than UnknownKeyPeriod before it signs with it; then nobody is refused.
const (
	KeysMaxAge       = 5 * time.Minute
	UnknownKeyPeriod = 15 * time.Second
	firstKeyPeriod   = 200 * time.Millisecond
)

// RemoteKeys are the keys that an identity provider publishes at a URL. They are
// fetched when first needed, by one fetch for all who wait, and used while the
// provider is away.
type RemoteKeys struct {
	url  string
	http *http.Client
	now  func() time.Time

	mu      sync.RWMutex
	keys    map[string]*rsa.PublicKey
	fetched time.Time     // when keys were fetched last
	asked   time.Time     // when a fetch was begun last
	flight  chan struct{} // closed when the fetch under way ends; nil if there is none
	failure error         // of the last fetch
}

// NewRemoteKeys returns the keys published at url.
func NewRemoteKeys(url string, now func() time.Time) *RemoteKeys {
	return &RemoteKeys{url: url, now: now, http: client.New(5 * time.Second)}
}

// Key finds a key by its id.
func (r *RemoteKeys) Key(ctx context.Context, keyID string) (*rsa.PublicKey, error) {
	key, fresh := r.look(keyID)
	if key != nil && fresh {
		return key, nil
	}
	flight := r.ask(ctx)
	if key != nil { // the old ones serve meanwhile
		return key, nil
	}
	if flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
			return nil, away(ctx.Err())
		}
	}
	return r.find(keyID)
}

// look returns the key, nil if it is unknown, and whether the keys are young
// enough to be used without asking again.
func (r *RemoteKeys) look(keyID string) (key *rsa.PublicKey, fresh bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[keyID], r.now().Sub(r.fetched) <= KeysMaxAge
}

// find returns the key as the last fetch left it.
func (r *RemoteKeys) find(keyID string) (*rsa.PublicKey, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if key := r.keys[keyID]; key != nil {
		return key, nil
	}
	if r.failure != nil { // the provider may know it
		return nil, away(r.failure)
	}
	return nil, fault.New(fault.CodeUnauthenticated, "unknown key")
}

func away(cause error) error {
	return fault.Unavailablef(cause, "The identity provider is away for now.")
}

// ask begins a fetch, or joins the one under way; nil if it is too early for
// another.
func (r *RemoteKeys) ask(ctx context.Context) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flight != nil {
		return r.flight
	}
	period := UnknownKeyPeriod
	if r.keys == nil {
		period = firstKeyPeriod
	}
	now := r.now()
	if now.Sub(r.asked) < period {
		return nil
	}
	r.asked, r.flight = now, make(chan struct{})
	go r.fetch(context.WithoutCancel(ctx), r.flight)
	return r.flight
}

// fetch replaces the keys; a failure leaves the old ones.
func (r *RemoteKeys) fetch(ctx context.Context, flight chan<- struct{}) {
	keys, err := r.get(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failure = err; err == nil {
		r.keys, r.fetched = keys, r.now()
	}
	r.flight = nil
	close(flight)
}

func (r *RemoteKeys) get(ctx context.Context) (map[string]*rsa.PublicKey, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for keys: %w", err)
	}
	answer, err := r.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask for keys: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end or given up
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask for keys: %s answered %s", r.url, answer.Status)
	}
	return readKeys(answer.Body)
}
