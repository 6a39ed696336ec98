package entity

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"
)

// IdentityToken is what an ID token says besides its times (OpenID Connect
// Core, 2).
type IdentityToken struct {
	Subject     string
	Audience    string // the client
	Nonce       string
	SessionID   string
	AccessToken string // that it is given with
	SignedInAt  time.Time
	About       map[string]any // the person, as far as the scope tells
}

// About tells of a person what scopes allow, as claims of OpenID Connect.
// Addresses are not verified, and said not to be.
func About(u *User, scopes []string) map[string]any {
	said := map[string]any{}
	put := func(name, text string) {
		if text != "" {
			said[name] = text
		}
	}
	if slices.Contains(scopes, ScopeProfile) {
		put("name", u.Name())
		put("given_name", u.FirstName)
		put("family_name", u.LastName)
		said["updated_at"] = u.UpdatedAt.Unix()
	}
	if slices.Contains(scopes, ScopeEmail) {
		put("email", u.Email)
		said["email_verified"] = false
	}
	return said
}

// AccessTokenHash is the claim at_hash of a token (OpenID Connect Core, 3.1.3.6).
func AccessTokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// Granted is what the token endpoint gives.
type Granted struct {
	Access    string
	ExpiresIn time.Duration
	Scope     string
	Refresh   string // empty where the client may not have one
	Identity  string // the ID token; empty without the scope openid
}
