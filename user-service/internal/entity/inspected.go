package entity

import "time"

// AccessToken is what a good access token says.
type AccessToken struct {
	Subject   string
	ClientID  string
	Scope     string
	SessionID string // empty for a service's own
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Inspected is what is told of a token: of an access token, or of the session
// of a refresh token.
type Inspected struct {
	Active  bool
	Access  *AccessToken
	Session *Session
}
