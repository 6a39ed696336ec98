package auth

import (
	"context"
	"crypto/rsa"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// StaticKey is one public key that verifies every token, whatever its key id:
// for a provider that publishes none.
type StaticKey struct{ public *rsa.PublicKey }

// ParseStaticKey reads a public key from PEM.
func ParseStaticKey(pem []byte) (StaticKey, error) {
	public, err := jwt.ParseRSAPublicKeyFromPEM(pem)
	if err != nil {
		return StaticKey{}, fmt.Errorf("read the public key: %w", err)
	}
	return StaticKey{public}, nil
}

// Key returns the key.
func (s StaticKey) Key(context.Context, string) (*rsa.PublicKey, error) { return s.public, nil }
