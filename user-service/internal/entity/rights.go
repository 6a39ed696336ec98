package entity

import (
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// Actor is the user who asks.
type Actor struct {
	ID        id.ID
	Roles     Roles
	SessionID id.ID // zero when the token belongs to none
}

// SeesAllOf reports whether an actor who may look up accounts sees the whole of
// u. Admins see of other admins and of roots the basic form alone: id, names
// and e-mail address.
func (a Actor) SeesAllOf(u *User) bool {
	return a.ID == u.ID || a.Roles.Has(Root) || a.Roles.Has(Admin) && !u.Roles.Staff()
}

// MayChange fails unless the actor may change u: everyone themselves, admins
// clients, roots anyone.
func (a Actor) MayChange(u *User) error {
	if a.SeesAllOf(u) {
		return nil
	}
	return fault.New(fault.CodeForbidden, "Only a ROOT changes other admins and roots.")
}
