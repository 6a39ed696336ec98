package auth

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// Leeway is how far clocks may differ.
const Leeway = 30 * time.Second

// maxToken bounds what is looked at; ours have about 900 bytes.
const maxToken = 8 << 10

// maxKeyID bounds a token's key id, which is only ever looked up in a map.
const maxKeyID = 64

// Keys finds the public key that a token says it is signed with. It fails with
// kind fault.Unauthenticated for an unknown key and fault.Unavailable when the
// provider cannot be asked.
type Keys interface {
	Key(ctx context.Context, keyID string) (*rsa.PublicKey, error)
}

// Expect is what a token must say to be ours.
type Expect struct {
	Issuer   string
	Audience string
	Type     string // header typ: "at+jwt" (RFC 9068), or "JWT"
}

// Verifier verifies access tokens. One token is verified once: the result is
// kept until the token expires, in bounded memory.
type Verifier struct {
	keys   Keys
	expect Expect
	parser *jwt.Parser
	seen   *cache
}

// NewVerifier returns a Verifier of tokens that say what is expected and are
// signed with one of keys.
func NewVerifier(keys Keys, expect Expect) *Verifier {
	return &Verifier{
		keys:   keys,
		expect: expect,
		seen:   newCache(),
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}),
			jwt.WithIssuer(expect.Issuer),
			jwt.WithAudience(expect.Audience),
			jwt.WithExpirationRequired(),
			jwt.WithStrictDecoding(), // one spelling a token: it is remembered by its digest
			jwt.WithIssuedAt(),
			jwt.WithLeeway(Leeway)),
	}
}

// Verify returns who the token speaks for. Its failures are of kind
// fault.Unauthenticated, or fault.Unavailable when the provider's keys are not
// known and cannot be asked for.
func (v *Verifier) Verify(ctx context.Context, token string) (Principal, error) {
	if len(token) > maxToken {
		return Principal{}, refuse(errors.New("token too long"))
	}
	digest := sha256.Sum256([]byte(token))
	if p, ok := v.seen.find(digest, time.Now()); ok {
		return p, nil
	}
	var said claims
	_, err := v.parser.ParseWithClaims(token, &said, func(t *jwt.Token) (any, error) { return v.key(ctx, t) })
	if err != nil {
		if fault.KindOf(err) == fault.Unavailable {
			return Principal{}, err
		}
		return Principal{}, refuse(err)
	}
	p, err := said.principal()
	if err != nil {
		return Principal{}, refuse(err)
	}
	v.seen.keep(digest, p, said.ExpiresAt.Add(Leeway))
	return p, nil
}

// refuse hides from the caller what was wrong: it helps only forgers.
func refuse(cause error) error {
	return fault.New(fault.CodeUnauthenticated, "The access token is not valid; sign in again.").Because(cause)
}

// key checks the header, of which the library checks only the algorithm.
func (v *Verifier) key(ctx context.Context, t *jwt.Token) (*rsa.PublicKey, error) {
	if kind, _ := t.Header["typ"].(string); !sameType(kind, v.expect.Type) {
		return nil, fmt.Errorf("typ is %.20q", kind)
	}
	if _, ok := t.Header["crit"]; ok {
		return nil, errors.New("crit is not understood")
	}
	keyID, _ := t.Header["kid"].(string)
	if keyID == "" || len(keyID) > maxKeyID {
		return nil, errors.New("kid is missing or absurd")
	}
	return v.keys.Key(ctx, keyID)
}

// sameType compares media types as RFC 7515, 4.1.9 says: any case, and
// "application/" may be left out.
func sameType(got, want string) bool {
	got = strings.TrimPrefix(strings.ToLower(got), "application/")
	return got == strings.ToLower(want)
}

// claims is what a token says (RFC 9068, 2.2).
type claims struct {
	jwt.RegisteredClaims
	ClientID  string `json:"client_id"`
	Scope     string `json:"scope"`
	Email     string `json:"email"`
	Name      string `json:"name"`
	Roles     []Role `json:"roles"`
	SessionID string `json:"sid"`
}

// principal reads the claims. A service's subject is its client id; a user's is
// the user's id.
func (c claims) principal() (Principal, error) {
	p := Principal{ClientID: c.ClientID, Email: c.Email, Name: c.Name, Roles: c.Roles, Scopes: strings.Fields(c.Scope), SessionID: c.SessionID}
	if c.Subject == "" || c.ClientID == "" {
		return p, errors.New("sub or client_id is missing")
	}
	if c.Subject == c.ClientID {
		p.Roles = nil
		return p, nil
	}
	user, err := id.Parse(c.Subject)
	if err != nil {
		return p, fmt.Errorf("sub: %w", err)
	}
	p.UserID = user
	return p, nil
}
