package security

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Issuer is what every access token of ours says.
type Issuer struct {
	URL      string        // iss
	Audience string        // aud
	Type     string        // header typ
	Life     time.Duration // from iat to exp
}

// AccessTokens signs access tokens (RFC 9068): JWTs by RS256.
type AccessTokens struct {
	keys   *Keyring
	issuer Issuer
	now    func() time.Time
}

// NewAccessTokens returns tokens that are signed with the ring's active key.
func NewAccessTokens(keys *Keyring, issuer Issuer, now func() time.Time) *AccessTokens {
	return &AccessTokens{keys: keys, issuer: issuer, now: now}
}

// claims are an access token's as they are written.
type claims struct {
	jwt.RegisteredClaims
	Audience  string       `json:"aud"` // one, as a text
	ClientID  string       `json:"client_id"`
	Scope     string       `json:"scope,omitempty"`
	SessionID string       `json:"sid,omitempty"`
	Email     string       `json:"email,omitempty"`
	Name      string       `json:"name,omitempty"`
	Roles     entity.Roles `json:"roles,omitempty"`
}

// Sign returns a token that says so, and how long it is good.
func (a *AccessTokens) Sign(said entity.Claims) (string, time.Duration, error) {
	tokenID, err := id.New()
	if err != nil {
		return "", 0, err
	}
	now, key := a.now(), a.keys.signing()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    a.issuer.URL,
			Subject:   said.Subject,
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(a.issuer.Life)),
			ID:        tokenID.String(),
		},
		Audience: a.issuer.Audience, ClientID: said.ClientID, Scope: said.Scope, SessionID: said.SessionID,
		Email: said.Email, Name: said.Name, Roles: said.Roles,
	})
	token.Header["kid"], token.Header["typ"] = key.id, a.issuer.Type
	signed, err := token.SignedString(key.private)
	if err != nil {
		return "", 0, fmt.Errorf("sign an access token: %w", err)
	}
	return signed, a.issuer.Life, nil
}
