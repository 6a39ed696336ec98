package security

import (
	"context"
	"crypto/x509"
	"fmt"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Turn does with the keys what is due by the clock and reads them again. Run it
// often: it is how this process learns of keys that others made, well before
// those sign.
func (k *Keyring) Turn(ctx context.Context) error {
	if k.store == nil {
		return nil
	}
	stored, err := k.store.All(ctx)
	if err != nil {
		return err
	}
	change, err := k.policy.Turn(stored, false, k.now(), func() (entity.SigningKey, error) { return entity.SigningKey{}, nil })
	if err != nil {
		return err
	}
	if !change.Empty() {
		if err := k.turn(ctx, nil, false); err != nil {
			return err
		}
	}
	return k.Refresh(ctx)
}

// Rotate asks for another key to sign: at once, or as soon as verifiers are sure
// to know it. It may be repeated at any rate and under load; no token is refused
// for it. deed is noted in the audit record. A key from a file does not rotate:
// fault.CodeIllegalStatus.
func (k *Keyring) Rotate(ctx context.Context, deed *entity.Deed) error {
	if k.store == nil {
		return fault.New(fault.CodeIllegalStatus, "The signing key comes from a file; replace the file.")
	}
	if err := k.turn(ctx, deed, true); err != nil {
		return err
	}
	return k.Refresh(ctx)
}

// List returns the stored keys without their private halves, the newest first.
func (k *Keyring) List(ctx context.Context) ([]entity.SigningKey, error) {
	if k.store == nil {
		return []entity.SigningKey{{ID: k.signing().id, State: entity.KeyActive}}, nil
	}
	stored, err := k.store.All(ctx)
	for i := range stored {
		stored[i].Private = nil
	}
	return stored, err
}

// turn changes the stored keys. Pairs that are needed are made before: that takes
// a second or more, for which no transaction may hold the keys.
func (k *Keyring) turn(ctx context.Context, deed *entity.Deed, asked bool) error {
	made, err := k.ahead(ctx, asked)
	if err != nil {
		return err
	}
	return k.store.Update(ctx, deed, func(stored []entity.SigningKey) (entity.KeyChange, error) {
		left := made
		return k.policy.Turn(stored, asked, k.now(), func() (entity.SigningKey, error) {
			if len(left) == 0 { // others have changed the keys meanwhile
				return k.fresh()
			}
			next := left[0]
			left = left[1:]
			return next, nil
		})
	})
}

// ahead makes as many pairs as a turn of the keys needs.
func (k *Keyring) ahead(ctx context.Context, asked bool) ([]entity.SigningKey, error) {
	stored, err := k.store.All(ctx)
	if err != nil {
		return nil, err
	}
	var made []entity.SigningKey
	_, err = k.policy.Turn(stored, asked, k.now(), func() (entity.SigningKey, error) {
		pair, err := k.fresh()
		made = append(made, pair)
		return pair, err
	})
	return made, err
}

// fresh makes a key pair, its private half sealed.
func (k *Keyring) fresh() (entity.SigningKey, error) {
	pair, err := newKeyPair()
	if err != nil {
		return entity.SigningKey{}, err
	}
	public, err := x509.MarshalPKIXPublicKey(&pair.private.PublicKey)
	if err != nil {
		return entity.SigningKey{}, fmt.Errorf("encode a public key: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(pair.private)
	if err != nil {
		return entity.SigningKey{}, fmt.Errorf("encode a private key: %w", err)
	}
	return entity.SigningKey{ID: pair.id, Public: public, Private: k.seal.Close(pair.id, private)}, nil
}
