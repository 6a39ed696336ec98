package app

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// withKey lets a service sign with a key that the test has too.
func withKey(t *testing.T, key *rsa.PrivateKey) func(*Config) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return func(c *Config) { c.Tokens.PrivateKey = path }
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Each differs in one thing from a token that is good.
func TestTokensThatAreNotExactlyOursAreRefused(t *testing.T) {
	t.Parallel()
	ours, others := newKey(t), newKey(t)
	s := open(t, withKey(t, ours))
	good, _, err := jwt.NewParser().ParseUnverified(s.demo(t, "root").Access, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	claims, _ := good.Claims.(jwt.MapClaims)
	der, err := x509.MarshalPKIXPublicKey(&ours.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	// forge signs the good token with changes; a nil takes out.
	forge := func(method jwt.SigningMethod, key any, header, said map[string]any) string {
		t.Helper()
		token := jwt.NewWithClaims(method, maps.Clone(claims))
		changed, _ := token.Claims.(jwt.MapClaims)
		for _, name := range []string{"kid", "typ"} {
			token.Header[name] = good.Header[name]
		}
		for name, value := range header {
			if token.Header[name] = value; value == nil {
				delete(token.Header, name)
			}
		}
		for name, value := range said {
			if changed[name] = value; value == nil {
				delete(changed, name)
			}
		}
		text, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	rs256 := func(header, said map[string]any) string { return forge(jwt.SigningMethodRS256, ours, header, said) }
	s.call(t, "GET", "/v1/admin/audit", rs256(nil, nil), nil).is(200)
	type is = map[string]any
	for name, token := range map[string]string{
		"alg none":                  forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, nil),
		"HS256 with the public key": forge(jwt.SigningMethodHS256, public, nil, nil),
		"HS256 with its bytes":      forge(jwt.SigningMethodHS256, der, nil, nil),
		"RS512 with our key":        forge(jwt.SigningMethodRS512, ours, nil, nil),
		"PS256 with our key":        forge(jwt.SigningMethodPS256, ours, nil, nil),
		"another key":               forge(jwt.SigningMethodRS256, others, nil, nil),
		"wrong issuer":              rs256(nil, is{"iss": "https://evil.example"}),
		"wrong audience":            rs256(nil, is{"aud": "others"}),
		"wrong type":                rs256(is{"typ": "JWT"}, nil),
		"no type":                   rs256(is{"typ": nil}, nil),
		"expired":                   rs256(nil, is{"exp": time.Now().Add(-time.Minute).Unix()}),
		"no expiry":                 rs256(nil, is{"exp": nil}),
		"crit":                      rs256(is{"crit": []string{"exp"}}, nil),
		"no kid":                    rs256(is{"kid": nil}, nil),
		"unknown kid":               rs256(is{"kid": "x"}, nil),
		"kid that is a path":        rs256(is{"kid": "../../../../dev/null"}, nil),
		"kid of SQL":                rs256(is{"kid": "x' UNION SELECT 'AA"}, nil),
		"kid of 4 kB":               rs256(is{"kid": strings.Repeat("k", 4096)}, nil),
		"kid that is a number":      rs256(is{"kid": 1}, nil),
		"no subject":                rs256(nil, is{"sub": nil}),
	} {
		a := s.call(t, "GET", "/v1/admin/audit", token, nil)
		a.refused(401, "UNAUTHENTICATED")
		if got := a.Header.Get("WWW-Authenticate"); got != `Bearer realm="oms", error="invalid_token"` {
			t.Errorf("%s: WWW-Authenticate = %q", name, got)
		}
	}
}
