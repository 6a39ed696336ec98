package entity

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"
)

// Outsider is a person as another provider vouches for them.
type Outsider struct {
	Issuer, Subject     string
	Email               string
	EmailVerified       bool
	FirstName, LastName string
}

// Profile is what an account made for an outsider begins with. Only an address
// that the provider has verified is taken over, and it links to nobody: if it is
// taken, or there is none, the account gets one that receives nothing, which the
// person may change.
func (o Outsider) Profile(emailFree bool) Profile {
	sum := sha256.Sum256([]byte(o.Issuer + "\x00" + o.Subject))
	profile := Profile{Email: hex.EncodeToString(sum[:12]) + "@users.invalid"}
	if emailFree && o.EmailVerified && emailMistake(o.Email) == "" {
		profile.Email = o.Email
	}
	if lineMistake(o.FirstName, MaxName) == "" {
		profile.FirstName = o.FirstName
	}
	if lineMistake(o.LastName, MaxName) == "" {
		profile.LastName = o.LastName
	}
	return profile.Trimmed()
}

// ErrIdentityTaken reports that there is an account already that an outsider is
// known by.
var ErrIdentityTaken = errors.New("the identity has an account")

// AttemptLife is how long a person may take at another provider.
const AttemptLife = 10 * time.Minute

// Attempt is a sign-in with another provider that is under way; the browser
// keeps it, sealed.
type Attempt struct {
	Provider string    `json:"provider"`
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Query    string    `json:"query"` // the application's request
	BegunAt  time.Time `json:"begunAt"`
}

// Fits fails unless an answer belongs to this attempt.
func (a Attempt) Fits(provider, state string, now time.Time) error {
	switch {
	case a.State == "" || a.State != state || a.Provider != provider:
		return Refuse(InvalidRequest, "This answer belongs to no sign-in that this browser has begun.")
	case now.Sub(a.BegunAt) > AttemptLife:
		return Refuse(InvalidRequest, "The sign-in took too long.")
	}
	return nil
}
