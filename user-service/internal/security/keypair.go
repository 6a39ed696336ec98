package security

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oms-fleet/oms/common/auth"
)

// keyBits is the size of the keys we make; signing with one takes 1–2 ms.
const keyBits = 2048

// keyPair is a key that may sign.
type keyPair struct {
	id      string
	private *rsa.PrivateKey
}

func newKeyPair() (keyPair, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return keyPair{}, fmt.Errorf("make a signing key: %w", err)
	}
	return keyPairOf(private)
}

// parsePEM reads a private key in PKCS #1 or PKCS #8 from PEM.
func parsePEM(pem []byte) (keyPair, error) {
	private, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return keyPair{}, fmt.Errorf("read the private key: %w", err)
	}
	if private.N.BitLen() < keyBits {
		return keyPair{}, fmt.Errorf("the private key has %d bits, %d are needed", private.N.BitLen(), keyBits)
	}
	return keyPairOf(private)
}

// keyPairOf names a key by its thumbprint, so that the same key has the same id
// everywhere.
func keyPairOf(private *rsa.PrivateKey) (keyPair, error) {
	keyID, err := thumbprint(&private.PublicKey)
	return keyPair{id: keyID, private: private}, err
}

// thumbprint is the JWK thumbprint of RFC 7638.
func thumbprint(public *rsa.PublicKey) (string, error) {
	key := auth.NewKey("", public)
	text, err := json.Marshal(struct {
		E   string `json:"e"`
		Kty string `json:"kty"`
		N   string `json:"n"`
	}{key.Exponent, key.Type, key.Modulus})
	if err != nil {
		return "", fmt.Errorf("name a key: %w", err)
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

var errNotRSA = errors.New("not an RSA key")

func parsePrivate(der []byte) (*rsa.PrivateKey, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("read a private key: %w", err)
	}
	if private, ok := key.(*rsa.PrivateKey); ok {
		return private, nil
	}
	return nil, errNotRSA
}

func parsePublic(der []byte) (*rsa.PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, fmt.Errorf("read a public key: %w", err)
	}
	if public, ok := key.(*rsa.PublicKey); ok {
		return public, nil
	}
	return nil, errNotRSA
}
