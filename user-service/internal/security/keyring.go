package security

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// keyStore keeps signing keys; their private halves come sealed.
type keyStore interface {
	All(ctx context.Context) ([]entity.SigningKey, error)
	Update(ctx context.Context, deed *entity.Deed, decide func([]entity.SigningKey) (entity.KeyChange, error)) error
}

// Keyring holds the keys of access tokens: one signs, all are published. What
// it holds serves also while the database is away.
type Keyring struct {
	store  keyStore // nil for a key from a file
	seal   *Seal
	policy entity.KeyPolicy
	now    func() time.Time
	held   atomic.Pointer[keys]
}

// keys is one state of the ring; it never changes.
type keys struct {
	signing   keyPair
	public    map[string]*rsa.PublicKey
	published auth.KeySet
}

// OpenKeyring returns the ring of the stored keys. Where there is none yet it
// makes the first; of several processes that do so at once, one wins.
func OpenKeyring(ctx context.Context, store keyStore, seal *Seal, policy entity.KeyPolicy, now func() time.Time) (*Keyring, error) {
	ring := &Keyring{store: store, seal: seal, policy: policy, now: now}
	return ring, ring.Turn(ctx)
}

// ParseKeyring returns a ring of one private key, in PEM.
func ParseKeyring(pem []byte) (*Keyring, error) {
	pair, err := parsePEM(pem)
	if err != nil {
		return nil, err
	}
	ring := &Keyring{}
	held := &keys{public: map[string]*rsa.PublicKey{}}
	held.publish(pair.id, &pair.private.PublicKey)
	held.signing = pair
	ring.held.Store(held)
	return ring, nil
}

// Refresh reads the stored keys again; when that fails the ring stays as it is.
func (k *Keyring) Refresh(ctx context.Context) error {
	if k.store == nil {
		return nil
	}
	stored, err := k.store.All(ctx)
	if err != nil {
		return err
	}
	held, err := k.read(stored)
	if err != nil {
		return err
	}
	k.held.Store(held)
	return nil
}

// Key returns a published key, for verifiers in this process.
func (k *Keyring) Key(_ context.Context, keyID string) (*rsa.PublicKey, error) {
	if public, ok := k.held.Load().public[keyID]; ok {
		return public, nil
	}
	return nil, fault.New(fault.CodeUnauthenticated, "unknown key")
}

// Published returns the public keys for the JWKS.
func (k *Keyring) Published() auth.KeySet { return k.held.Load().published }

func (k *Keyring) signing() keyPair { return k.held.Load().signing }

var errNoActiveKey = errors.New("no signing key is active")

// read opens stored keys.
func (k *Keyring) read(stored []entity.SigningKey) (*keys, error) {
	held := &keys{public: make(map[string]*rsa.PublicKey, len(stored))}
	for _, key := range stored {
		public, err := parsePublic(key.Public)
		if err != nil {
			return nil, fmt.Errorf("signing key %s: %w", key.ID, err)
		}
		held.publish(key.ID, public)
		if key.State != entity.KeyActive {
			continue
		}
		private, err := k.open(key)
		if err != nil {
			return nil, fmt.Errorf("signing key %s: %w", key.ID, err)
		}
		held.signing = keyPair{id: key.ID, private: private}
	}
	if held.signing.private == nil {
		return nil, errNoActiveKey
	}
	return held, nil
}

func (k *Keyring) open(key entity.SigningKey) (*rsa.PrivateKey, error) {
	der, err := k.seal.Open(key.ID, key.Private)
	if err != nil {
		return nil, fmt.Errorf("KEY_ENCRYPTION_KEY is not the one it was stored with: %w", err)
	}
	return parsePrivate(der)
}

func (k *keys) publish(keyID string, public *rsa.PublicKey) {
	k.public[keyID] = public
	k.published.Keys = append(k.published.Keys, auth.NewKey(keyID, public))
}
