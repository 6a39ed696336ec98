package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// Identity is how another provider knows a person: by issuer and subject, which
// never change. An e-mail address is nothing to know anyone by.
type Identity struct {
	Issuer    string
	Subject   string
	UserID    id.ID
	CreatedAt time.Time
}

// Export is all that is kept about a person.
type Export struct {
	User       *User
	Sessions   []Session
	Consents   []Consent
	Identities []Identity
}

// MayBeErased fails for the last of the roots.
func (u *User) MayBeErased(roots int) error {
	if u.Roles.Has(Root) && roots <= 1 {
		return fault.New(fault.CodeLastRoot, "This is the last ROOT; make another one first.")
	}
	return nil
}
