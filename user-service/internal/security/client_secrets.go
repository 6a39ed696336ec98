package security

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// ClientSecrets makes and checks the secrets of applications. They are random
// and long, so a fast hash is enough: nobody can guess them from it.
type ClientSecrets struct {
	key []byte
}

// NewClientSecrets returns the secrets under a key of 32 bytes.
func NewClientSecrets(key []byte) *ClientSecrets { return &ClientSecrets{key: key} }

// New returns a secret of 256 bits, and its hash.
func (c *ClientSecrets) New() (secret string, hash []byte) {
	secret = RandomText()
	return secret, c.Hash(secret)
}

// Hash returns what is kept of a secret.
func (c *ClientSecrets) Hash(secret string) []byte {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(secret)) //nolint:errcheck // it never fails (hash.Hash)
	return mac.Sum(nil)
}

// Matches reports whether a secret has a hash, in a time that does not tell how
// near it is.
func (c *ClientSecrets) Matches(hash []byte, secret string) bool {
	return len(hash) > 0 && hmac.Equal(hash, c.Hash(secret))
}

// RandomText returns 256 random bits, as 43 characters that are safe in an
// address.
func RandomText() string { return base64.RawURLEncoding.EncodeToString(random(32)) }
