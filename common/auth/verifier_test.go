package auth_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

var errUnknownKey = fault.New(fault.CodeUnauthenticated, "unknown key")

type header = map[string]any

func TestTokenOfAUserIsAccepted(t *testing.T) {
	t.Parallel()
	got, err := auth.NewVerifier(&published{}, expect).Verify(t.Context(), token(t, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	user, err := id.Parse(userID)
	if err != nil {
		t.Fatal(err)
	}
	want := auth.Principal{
		UserID: user, ClientID: "web", Email: "ada@example.com", Name: "Ada", Roles: []auth.Role{auth.Admin},
		Scopes: []string{"openid", "profile"}, SessionID: "family",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Verify (-want +got):\n%s", diff)
	}
	if !got.IsUser() || got.IsService() {
		t.Errorf("%+v is no user", got)
	}
}

func TestTokenOfAServiceHasNoRoles(t *testing.T) {
	t.Parallel()
	text := token(t, nil, jwt.MapClaims{"sub": "order-service", "client_id": "order-service", "scope": "product.validate", "email": nil, "name": nil, "sid": nil})
	got, err := auth.NewVerifier(&published{}, expect).Verify(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	want := auth.Principal{ClientID: "order-service", Scopes: []string{"product.validate"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Verify (-want +got):\n%s", diff)
	}
	if !got.IsService() || got.IsUser() || !got.HasScope("product.validate") || got.HasScope("product") {
		t.Errorf("%+v is no service with its one scope", got)
	}
}

func TestTokensWithinTheRulesAreAccepted(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, text := range map[string]string{
		"audience in a list":      token(t, nil, jwt.MapClaims{"aud": []string{"other", audience}}),
		"type with application/":  token(t, header{"typ": "application/at+jwt"}, nil),
		"type in other case":      token(t, header{"typ": "AT+JWT"}, nil),
		"expired within leeway":   token(t, nil, jwt.MapClaims{"exp": now.Add(-auth.Leeway + 5*time.Second).Unix()}),
		"issued a little ahead":   token(t, nil, jwt.MapClaims{"iat": now.Add(auth.Leeway - 5*time.Second).Unix()}),
		"begins a little ahead":   token(t, nil, jwt.MapClaims{"nbf": now.Add(auth.Leeway - 5*time.Second).Unix()}),
		"claims nobody knows":     token(t, nil, jwt.MapClaims{"new": map[string]any{"a": 1}}),
		"header nobody knows":     token(t, header{"jku": "https://evil.test", "x5u": "https://evil.test"}, nil),
		"no roles and no scope":   token(t, nil, jwt.MapClaims{"roles": nil, "scope": nil}),
		"exp with a fraction":     token(t, nil, jwt.MapClaims{"exp": float64(now.Add(time.Hour).UnixMilli()) / 1000}),
		"kid of the right length": token(t, header{"kid": "k1"}, nil),
	} {
		if _, err := auth.NewVerifier(&published{}, expect).Verify(t.Context(), text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTokensAgainstTheRulesAreRefused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, text := range map[string]string{
		"other issuer":             token(t, nil, jwt.MapClaims{"iss": "https://evil.test"}),
		"no issuer":                token(t, nil, jwt.MapClaims{"iss": nil}),
		"other audience":           token(t, nil, jwt.MapClaims{"aud": "shop"}),
		"other audiences":          token(t, nil, jwt.MapClaims{"aud": []string{"shop", "omsx"}}),
		"no audience":              token(t, nil, jwt.MapClaims{"aud": nil}),
		"another type":             token(t, header{"typ": "JWT"}, nil),
		"an id token":              token(t, header{"typ": "id+jwt"}, nil),
		"no type":                  token(t, header{"typ": nil}, nil),
		"type that is no text":     token(t, header{"typ": 1}, nil),
		"critical extension":       token(t, header{"crit": []string{"b64"}, "b64": false}, nil),
		"empty crit":               token(t, header{"crit": []string{}}, nil),
		"no kid":                   token(t, header{"kid": nil}, nil),
		"empty kid":                token(t, header{"kid": ""}, nil),
		"absurd kid":               token(t, header{"kid": strings.Repeat("k", 65)}, nil),
		"kid that is no text":      token(t, header{"kid": 7}, nil),
		"unknown kid":              token(t, header{"kid": "k2"}, nil),
		"expired":                  token(t, nil, jwt.MapClaims{"exp": now.Add(-auth.Leeway - 5*time.Second).Unix()}),
		"no expiry":                token(t, nil, jwt.MapClaims{"exp": nil}),
		"expiry that is no number": token(t, nil, jwt.MapClaims{"exp": "tomorrow"}),
		"issued in the future":     token(t, nil, jwt.MapClaims{"iat": now.Add(time.Minute).Unix()}),
		"not begun":                token(t, nil, jwt.MapClaims{"nbf": now.Add(time.Minute).Unix()}),
		"no subject":               token(t, nil, jwt.MapClaims{"sub": nil}),
		"subject that is no id":    token(t, nil, jwt.MapClaims{"sub": "ada"}),
		"no client":                token(t, nil, jwt.MapClaims{"client_id": nil}),
		"roles that are no list":   token(t, nil, jwt.MapClaims{"roles": "ROOT"}),
	} {
		refused(t, name, text)
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	t.Parallel()
	valid := token(t, nil, nil)
	parts := strings.Split(valid, ".")
	root := base64.RawURLEncoding.EncodeToString([]byte(`{"roles":["ROOT"]}`))
	der, err := x509.MarshalPKIXPublicKey(&ours().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	for name, text := range map[string]string{
		"signed by nobody":                 sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil, good()),
		"the public key as secret":         sign(t, jwt.SigningMethodHS256, public, nil, good()),
		"the key's bytes as secret":        sign(t, jwt.SigningMethodHS256, der, nil, good()),
		"another algorithm of our key":     sign(t, jwt.SigningMethodRS384, ours(), nil, good()),
		"another padding of our key":       sign(t, jwt.SigningMethodPS256, ours(), nil, good()),
		"another key":                      sign(t, jwt.SigningMethodRS256, others(), nil, good()),
		"other claims":                     parts[0] + "." + root + "." + parts[2],
		"other header":                     base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"at+jwt","kid":"k1"}`)) + "." + parts[1] + ".",
		"no signature":                     parts[0] + "." + parts[1] + ".",
		"half a signature":                 valid[:len(valid)-100],
		"a part too many":                  valid + "." + parts[2],
		"a part too few":                   parts[0] + "." + parts[1],
		"another spelling":                 respell(valid),
		"padded":                           valid + "==",
		"with a space":                     " " + valid,
		"nothing":                          "",
		"dots":                             "..",
		"a password":                       "hunter2",
		"longer than any token":            valid + strings.Repeat("A", 8<<10),
		"header that is no object":         base64.RawURLEncoding.EncodeToString([]byte(`[]`)) + "." + parts[1] + "." + parts[2],
		"header that names no algorithm":   base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"at+jwt","kid":"k1"}`)) + "." + parts[1] + "." + parts[2],
		"header whose algorithm is a list": base64.RawURLEncoding.EncodeToString([]byte(`{"alg":["RS256"]}`)) + "." + parts[1] + "." + parts[2],
	} {
		refused(t, name, text)
	}
}

// respell changes bits of the last character that no byte of the signature
// holds.
func respell(token string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := len(token) - 1
	return token[:last] + string(alphabet[strings.IndexByte(alphabet, token[last])^1])
}

// refused expects kind Unauthenticated and a message that helps no forger.
func refused(t *testing.T, name, text string) {
	t.Helper()
	got, err := auth.NewVerifier(&published{}, expect).Verify(t.Context(), text)
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Unauthenticated || f.Message != "The access token is not valid; sign in again." {
		t.Errorf("%s: Verify = %v, want the one refusal", name, err)
	}
	if diff := cmp.Diff(auth.Principal{}, got); diff != "" {
		t.Errorf("%s: refused, and yet somebody:\n%s", name, diff)
	}
}

func TestStaticKeyVerifiesWhateverItsID(t *testing.T) {
	t.Parallel()
	der, err := x509.MarshalPKIXPublicKey(&ours().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	key, err := auth.ParseStaticKey(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	if err != nil {
		t.Fatal(err)
	}
	verifier := auth.NewVerifier(key, auth.Expect{Issuer: issuer, Audience: audience, Type: "JWT"})
	if _, err := verifier.Verify(t.Context(), token(t, header{"typ": "JWT", "kid": "whatever"}, nil)); err != nil {
		t.Errorf("Verify = %v", err)
	}
	if _, err := auth.ParseStaticKey([]byte("-----BEGIN NONSENSE-----")); err == nil {
		t.Error("ParseStaticKey reads nonsense")
	}
}

func FuzzVerify(f *testing.F) {
	valid := token(f, nil, nil)
	for _, seed := range []string{valid, "", "..", "a.b.c", strings.ToUpper(valid), valid[:200], respell(valid), "eyJhbGciOiJub25lIn0.e30."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		verifier := auth.NewVerifier(&published{}, expect)
		if got, err := verifier.Verify(t.Context(), text); err == nil && text != valid {
			t.Errorf("Verify(%q) = %+v", text, got)
		}
	})
}
