package entity

import "time"

// Credentials are how an application shows who it is.
type Credentials struct {
	ClientID string
	Secret   string // empty for a public client
}

// Redemption is a code with what proves that it was given to the client.
type Redemption struct {
	Code, RedirectURI, Verifier string
	Device                      Device
}

// Asked is what an application asks of a person. Only with a Client is the
// redirect address one to send anything to.
type Asked struct {
	AuthorizationRequest
	Client *OAuthClient
}

// Visitor is a person whose browser is signed in. The zero Visitor is nobody.
type Visitor struct {
	User    *User
	Session Session
}

// SignedInAt is when the visitor showed a password; zero for nobody.
func (v Visitor) SignedInAt() time.Time {
	if v.User == nil {
		return time.Time{}
	}
	return v.Session.SignedInAt
}
