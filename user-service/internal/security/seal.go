package security

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// MinSecret is how long a master secret has to be, in bytes.
const MinSecret = 32

// Derive returns 32 bytes for one purpose from a master secret (HKDF, RFC
// 5869). Keys of different purposes tell nothing about each other.
func Derive(secret, purpose string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, purpose, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key for %s: %w", purpose, err)
	}
	return key, nil
}

// Seal encrypts what is stored (AES-256-GCM), bound to the name it is stored
// under.
type Seal struct {
	aead cipher.AEAD
}

// NewSeal returns a seal with a key of 32 bytes.
func NewSeal(key []byte) (*Seal, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make a seal: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("make a seal: %w", err)
	}
	return &Seal{aead: aead}, nil
}

// Close encrypts plain.
func (s *Seal) Close(name string, plain []byte) []byte {
	nonce := random(s.aead.NonceSize())
	return s.aead.Seal(nonce, nonce, plain, []byte(name))
}

// ErrSealed reports something that was sealed with another key, under another
// name, or not at all.
var ErrSealed = errors.New("sealed with another key")

// Open decrypts what Close made under the same name.
func (s *Seal) Open(name string, sealed []byte) ([]byte, error) {
	if len(sealed) < s.aead.NonceSize() {
		return nil, ErrSealed
	}
	nonce, rest := sealed[:s.aead.NonceSize()], sealed[s.aead.NonceSize():]
	plain, err := s.aead.Open(nil, nonce, rest, []byte(name))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}
