// Package entity holds the people of the shop and the rules about them, pure:
// what a profile and a password must be, who may see and change whom, and what
// a session is. It does no I/O and knows no clock.
package entity

import (
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// User is an account.
type User struct {
	ID id.ID
	Profile
	Roles        Roles
	PasswordHash string // a PHC string; empty when the account has no password
	Version      int64  // grows by one with every change of profile or roles
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Match decides whether a change may be made on the version that is stored; its
// failure is what the caller gets.
type Match func(version int64) error

// Register makes a new account from a valid profile. It is born when its id
// was.
func Register(userID id.ID, profile Profile, passwordHash string, roles ...Role) *User {
	born := userID.Time()
	return &User{
		ID: userID, Profile: profile, Roles: NewRoles(roles...), PasswordHash: passwordHash,
		Version: 1, CreatedAt: born, UpdatedAt: born,
	}
}

// Name returns the full name, empty when none was told.
func (u *User) Name() string { return strings.TrimSpace(u.FirstName + " " + u.LastName) }

// ChangeProfile applies a change, or fails with all its mistakes and changes
// nothing. A change of nothing makes no new version.
func (u *User) ChangeProfile(change ProfileChange, now time.Time) error {
	profile := change.Apply(u.Profile).Trimmed()
	if err := fault.InvalidAll(profile.Violations()...).Err(); err != nil {
		return err
	}
	if profile != u.Profile {
		u.Profile = profile
		u.touch(now)
	}
	return nil
}

// ChangeRoles gives the user exactly these roles. roots is the number of users
// who hold ROOT now; the last of them keeps it.
func (u *User) ChangeRoles(roles Roles, roots int, now time.Time) error {
	if len(roles) == 0 {
		return fault.InvalidAt("roles", "is empty")
	}
	if u.Roles.Has(Root) && !roles.Has(Root) && roots <= 1 {
		return fault.New(fault.CodeLastRoot, "This is the last ROOT; make another one first.")
	}
	if roles.String() != u.Roles.String() {
		u.Roles = roles
		u.touch(now)
	}
	return nil
}

func (u *User) touch(now time.Time) {
	u.Version++
	u.UpdatedAt = now
}
