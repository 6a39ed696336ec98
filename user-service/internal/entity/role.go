package entity

import (
	"slices"
	"strings"
)

// Role is what someone may be in the shop.
type Role string

// The roles, from the mightiest down.
const (
	Root   Role = "ROOT"   // may everything, and alone changes roles
	Admin  Role = "ADMIN"  // reads and changes clients
	Client Role = "CLIENT" // shops
)

// AllRoles lists every role, from the mightiest down.
func AllRoles() []Role { return []Role{Root, Admin, Client} }

// Roles is a set of roles without repetition, the mightiest first.
type Roles []Role

// NewRoles makes a set of roles, whatever their order and number.
func NewRoles(roles ...Role) Roles {
	var set Roles
	for _, role := range AllRoles() {
		if slices.Contains(roles, role) {
			set = append(set, role)
		}
	}
	return set
}

// Has reports whether the set holds a role.
func (r Roles) Has(role Role) bool { return slices.Contains(r, role) }

// Staff reports whether the set holds a role that looks after others.
func (r Roles) Staff() bool { return r.Has(Root) || r.Has(Admin) }

// String joins the roles by commas.
func (r Roles) String() string {
	names := make([]string, len(r))
	for i, role := range r {
		names[i] = string(role)
	}
	return strings.Join(names, ",")
}
