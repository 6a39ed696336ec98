package auth

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// maxKeySet and maxModulus bound what is read; ours have 2 kB and 2048 bits.
const (
	maxKeySet  = 1 << 20
	maxModulus = 8192
)

var errNoKeys = errors.New("no usable key in the set")

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

// Public returns the key itself. What is not for RS256 signatures is refused,
// and keys under 2048 bits are.
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
	if k.Type != "RSA" || k.ID == "" || public.E == 0 || public.N.BitLen() < 2048 || public.N.BitLen() > maxModulus {
		return nil, fmt.Errorf("key %.20q is no RSA key of 2048 bits", k.ID)
	}
	if (k.Use != "" && k.Use != "sig") || (k.Algorithm != "" && k.Algorithm != "RS256") {
		return nil, fmt.Errorf("key %.20q is not for RS256 signatures", k.ID)
	}
	return public, nil
}

// readKeys reads a key set and leaves out the keys that are none of ours. A set
// without any is an error: no provider of ours publishes one.
func readKeys(from io.Reader) (map[string]*rsa.PublicKey, error) {
	raw, err := io.ReadAll(io.LimitReader(from, maxKeySet+1))
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	if len(raw) > maxKeySet {
		return nil, fmt.Errorf("read keys: more than %d bytes", maxKeySet)
	}
	var set KeySet
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	keys := make(map[string]*rsa.PublicKey, len(set.Keys))
	for _, k := range set.Keys {
		if public, err := k.Public(); err == nil {
			keys[k.ID] = public
		}
	}
	if len(keys) == 0 {
		return nil, errNoKeys
	}
	return keys, nil
}
