package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Founder is an account that a start makes.
type Founder struct {
	Profile  entity.Profile
	Password string
	Role     entity.Role
}

// DemoFounders are the accounts of a demonstration, one of each role.
func DemoFounders() []Founder {
	founder := func(role entity.Role, email, first string) Founder {
		profile := entity.Profile{Email: email, FirstName: first, LastName: "Demo"}
		return Founder{Role: role, Password: "OmsDemo!2026", Profile: profile}
	}
	return []Founder{
		founder(entity.Root, "root@example.com", "Robin"),
		founder(entity.Admin, "admin@example.com", "Alex"),
		founder(entity.Client, "client@example.com", "Chris"),
	}
}

// rootFinder tells whether there is a ROOT.
type rootFinder interface {
	HasRoot(ctx context.Context) (bool, error)
}

// Founders makes the accounts that must be there before anyone can sign in.
// Several replicas may start at once.
type Founders struct {
	accounts *Accounts
	roots    rootFinder
}

// NewFounders returns the founders of accounts.
func NewFounders(accounts *Accounts, roots rootFinder) *Founders {
	return &Founders{accounts: accounts, roots: roots}
}

// FirstRoot makes the first ROOT, once: where there is one it does nothing.
func (f *Founders) FirstRoot(ctx context.Context, email, password string) error {
	found, err := f.roots.HasRoot(ctx)
	if found || err != nil {
		return err
	}
	profile := entity.Profile{Email: email}
	mistakes := append(profile.Violations(), entity.PasswordViolations("password", password)...)
	if err := fault.InvalidAll(mistakes...).Err(); err != nil {
		return err
	}
	_, err = f.accounts.create(ctx, profile, password, entity.Root)
	if fault.CodeOf(err) != fault.CodeEmailTaken {
		return err
	}
	if found, err = f.roots.HasRoot(ctx); found || err != nil {
		return err // another replica was faster
	}
	return errFounderTaken
}

var errFounderTaken = errors.New("the address of the first ROOT belongs to an account that is none")

// Seed makes those accounts whose address is free, and leaves the others as
// they are.
func (f *Founders) Seed(ctx context.Context, founders []Founder) error {
	for _, founder := range founders {
		_, err := f.accounts.store.FindByEmail(ctx, founder.Profile.Email)
		if isNotFound(err) {
			_, err = f.accounts.create(ctx, founder.Profile, founder.Password, founder.Role)
		}
		if err != nil && fault.CodeOf(err) != fault.CodeEmailTaken {
			return fmt.Errorf("make a demo account: %w", err)
		}
	}
	return nil
}
