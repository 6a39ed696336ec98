package entity

import (
	"slices"
	"time"

	"github.com/oms-fleet/oms/common/id"
)

// Our own application, which signs in by e-mail address and password, and all
// that it may do in a user's name.
const (
	OwnClient = "oms" // as resource servers know it: auth.OwnClient
	OwnScope  = "openid profile email shop"
)

// PagesClient is what a browser is signed in to that uses the sign-in page. Such
// a session gives codes to applications and has no tokens itself.
const PagesClient = "oms-pages"

// Session is one sign-in: a family of refresh tokens that follow each other,
// one generation at a time. Only the newest is good.
type Session struct {
	ID         id.ID
	UserID     id.ID
	ClientID   string // the application that the user signed in with
	Scope      string // what it may do, by blanks
	Generation int64  // of the newest refresh token
	Device     Device
	SignedInAt time.Time // when a password was shown; before CreatedAt where a code was traded
	CreatedAt  time.Time
	UsedAt     time.Time // when the newest refresh token was given
	EndsAt     time.Time // however busy it is
}

// Device is where a session is used, as far as it tells.
type Device struct {
	UserAgent string
	Address   string // the client's IP address
}

// RefreshToken is a refresh token once its authenticity is proven.
type RefreshToken struct {
	Session    id.ID
	Generation int64
}

// Claims is what an access token says.
type Claims struct {
	Subject   string // a user's id, or a client's
	ClientID  string
	Scope     string // by blanks
	SessionID string // empty for a token without one
	Email     string
	Name      string
	Roles     Roles
}

// ClaimsOf returns what an access token of a session says about its user.
// Applications of others act as clients only, whoever uses them, and can read
// the token: it tells them no more than their scope does.
func ClaimsOf(user *User, session Session) Claims {
	said := Claims{
		Subject: user.ID.String(), ClientID: session.ClientID, Scope: session.Scope, SessionID: session.ID.String(),
		Email: user.Email, Name: user.Name(), Roles: user.Roles,
	}
	if session.ClientID == OwnClient {
		return said
	}
	said.Roles = NewRoles(Client)
	scopes := ReadScope(session.Scope)
	shops := slices.Contains(scopes, ScopeShop) // orders carry the name, and the profile may be read
	if !shops && !slices.Contains(scopes, ScopeEmail) {
		said.Email = ""
	}
	if !shops && !slices.Contains(scopes, ScopeProfile) {
		said.Name = ""
	}
	return said
}

// Tokens is what a sign-in or a refresh gives.
type Tokens struct {
	Access    string
	Refresh   string
	ExpiresIn time.Duration // of the access token
	User      *User
}
