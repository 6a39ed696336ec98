package auth_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oms-fleet/oms/common/auth"
)

const (
	issuer   = "https://issuer.test"
	audience = "oms"
	userID   = "0190a6f0-7b1c-7def-8123-456789abcdef"
)

var expect = auth.Expect{Issuer: issuer, Audience: audience, Type: "at+jwt"}

// ours signs tokens, others is a key that nobody published. Keys are dear to
// make.
var (
	ours   = sync.OnceValue(func() *rsa.PrivateKey { return newKey() })
	others = sync.OnceValue(func() *rsa.PrivateKey { return newKey() })
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // no test can go on
	}
	return key
}

// published are the issuer's keys; they count how often they are asked for.
type published struct{ asked atomic.Int32 }

func (p *published) Key(_ context.Context, keyID string) (*rsa.PublicKey, error) {
	p.asked.Add(1)
	if keyID != "k1" {
		return nil, errUnknownKey
	}
	return &ours().PublicKey, nil
}

// good are the claims of a user's token.
func good() jwt.MapClaims {
	return jwt.MapClaims{
		"iss": issuer, "aud": audience, "sub": userID, "client_id": "web", "exp": time.Now().Add(time.Hour).Unix(),
		"iat": time.Now().Unix(), "jti": "1", "scope": "openid profile", "email": "ada@example.com", "name": "Ada",
		"roles": []string{"ADMIN"}, "sid": "family",
	}
}

// with returns the claims with changes; a nil value removes a claim.
func with(changes jwt.MapClaims) jwt.MapClaims {
	claims := good()
	for name, value := range changes {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// sign makes a token; header changes what stands in its header, nil removes.
func sign(t testing.TB, method jwt.SigningMethod, key any, header map[string]any, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	token.Header["typ"], token.Header["kid"] = "at+jwt", "k1"
	maps.Copy(token.Header, header)
	for name, value := range header {
		if value == nil {
			delete(token.Header, name)
		}
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// token is one of ours with changes.
func token(t testing.TB, header map[string]any, changes jwt.MapClaims) string {
	t.Helper()
	return sign(t, jwt.SigningMethodRS256, ours(), header, with(changes))
}
