package service

import (
	"context"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// keyring holds the keys that sign access tokens.
type keyring interface {
	Rotate(ctx context.Context, deed *entity.Deed) error
	List(ctx context.Context) ([]entity.SigningKey, error)
}

// Keys is the care of signing keys.
type Keys struct {
	ring keyring
}

// NewKeys returns the care of a ring of keys.
func NewKeys(ring keyring) *Keys { return &Keys{ring: ring} }

// List returns the keys, the newest first.
func (k *Keys) List(ctx context.Context) ([]entity.SigningKey, error) { return k.ring.List(ctx) }

// Rotate lets another key sign, at once or as soon as everyone knows it, and
// returns the keys as they are then. The zero actor is the service itself.
func (k *Keys) Rotate(ctx context.Context, by entity.Actor) ([]entity.SigningKey, error) {
	deed, err := entity.NewDeed(by, entity.KeysRotated, "signing-keys", "")
	if err != nil {
		return nil, err
	}
	if err := k.ring.Rotate(ctx, deed); err != nil {
		return nil, err
	}
	return k.ring.List(ctx)
}
