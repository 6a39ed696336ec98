package auth

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/oms-fleet/oms/common/fault"
)

// How long fetched keys are used before they are fetched again, and how often
// at most an unknown key id makes us ask again. A provider that rotates
// publishes a key KeysMaxAge before it signs with it.
const (
	KeysMaxAge       = 5 * time.Minute
	unknownKeyPeriod = 15 * time.Second
	maxKeySet        = 1 << 20
)

// KeySet is a JSON Web Key Set (RFC 7517), of RSA keys for signatures.
type KeySet struct {
	Keys []Key `json:"keys"`
}

// Key is one public RSA key (RFC 7518, 6.3).
type Key struct {
	Type      string `json:"kty"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	ID        string `json:"kid"`
	Modulus   string `json:"n"`
	Exponent  string `json:"e"`
}

// NewKey describes a public key.
func NewKey(keyID string, public *rsa.PublicKey) Key {
	encode := base64.RawURLEncoding.EncodeToString
	return Key{
		Type: "RSA", Use: "sig", Algorithm: "RS256", ID: keyID,
		Modulus: encode(public.N.Bytes()), Exponent: encode(big.NewInt(int64(public.E)).Bytes()),
	}
}

// Public returns the key itself. Keys under 2048 bits are refused.
func (k Key) Public() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(k.Modulus)
	if err != nil {
		return nil, fmt.Errorf("n: %w", err)
	}
	e, err := base64.RawURLEncoding.DecodeString(k.Exponent)
	if err != nil {
		return nil, fmt.Errorf("e: %w", err)
	}
	public := &rsa.PublicKey{N: new(big.Int).SetBytes(n)}
	if exponent := new(big.Int).SetBytes(e); exponent.IsInt64() && exponent.Int64() > 1 && exponent.BitLen() < 32 {
		public.E = int(exponent.Int64())
	}
	if k.Type != "RSA" || k.ID == "" || public.E == 0 || public.N.BitLen() < 2048 {
		return nil, fmt.Errorf("key %.20q is no RSA key of 2048 bits", k.ID)
	}
	return public, nil
}

// RemoteKeys are the keys that an identity provider publishes at a URL. They are
// fetched when first needed, by one fetch for all who wait, and used while the
// provider is away.
type RemoteKeys struct {
	url   string
	http  *http.Client
	now   func() time.Time
	fetch singleflight.Group

	mu      sync.RWMutex
	keys    map[string]*rsa.PublicKey
	fetched time.Time // when keys were fetched last
	asked   time.Time // when a fetch was tried last
}

// NewRemoteKeys returns the keys published at url.
func NewRemoteKeys(url string, now func() time.Time) *RemoteKeys {
	return &RemoteKeys{url: url, now: now, http: &http.Client{Timeout: 5 * time.Second}}
}

// Key finds a key by its id.
func (r *RemoteKeys) Key(ctx context.Context, keyID string) (*rsa.PublicKey, error) {
	key, due, wait := r.look(keyID)
	switch {
	case key != nil && due:
		go r.refresh(context.WithoutCancel(ctx)) //nolint:errcheck // the old keys serve meanwhile
		return key, nil
	case key != nil:
		return key, nil
	case wait:
		return nil, fault.New(fault.CodeUnauthenticated, "unknown key")
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	if key, _, _ = r.look(keyID); key == nil {
		return nil, fault.New(fault.CodeUnauthenticated, "unknown key")
	}
	return key, nil
}

// look returns the key, if it is known; whether a fetch is due by age; and
// whether it is too early to ask for an unknown one again.
func (r *RemoteKeys) look(keyID string) (key *rsa.PublicKey, due, wait bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	now := r.now()
	due = now.Sub(r.fetched) > KeysMaxAge && now.Sub(r.asked) > unknownKeyPeriod
	return r.keys[keyID], due, r.keys != nil && now.Sub(r.asked) < unknownKeyPeriod
}

// refresh fetches the keys, once for all who ask meanwhile.
func (r *RemoteKeys) refresh(ctx context.Context) error {
	done := r.fetch.DoChan("", func() (any, error) {
		keys, err := r.get(context.WithoutCancel(ctx))
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asked = r.now()
		if err != nil {
			return nil, fault.Unavailablef(err, "The identity provider is away for now.")
		}
		r.keys, r.fetched = keys, r.asked
		return nil, nil
	})
	select {
	case result := <-done:
		return result.Err
	case <-ctx.Done():
		return ctx.Err()
	}
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
	return readKeys(io.LimitReader(answer.Body, maxKeySet))
}

// readKeys reads a key set and leaves out the keys that are none of ours.
func readKeys(from io.Reader) (map[string]*rsa.PublicKey, error) {
	var set KeySet
	if err := json.NewDecoder(from).Decode(&set); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	keys := make(map[string]*rsa.PublicKey, len(set.Keys))
	for _, k := range set.Keys {
		if public, err := k.Public(); err == nil {
			keys[k.ID] = public
		}
	}
	return keys, nil
}
