package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// accounts keeps users.
type accounts interface {
	Create(ctx context.Context, u *entity.User) error
	Find(ctx context.Context, userID id.ID) (*entity.User, error)
	FindByEmail(ctx context.Context, email string) (*entity.User, error)
	Search(ctx context.Context, filter entity.UserFilter, q page.Query) (page.Page[*entity.User], error)
	Update(ctx context.Context, userID id.ID, deed *entity.Deed, change func(*entity.User) error) (*entity.User, error)
	UpdateRoles(ctx context.Context, userID id.ID, deed *entity.Deed, change func(u *entity.User, roots int) error) (*entity.User, error)
}

// Accounts is what can be done with accounts.
type Accounts struct {
	store     accounts
	passwords hasher
	now       func() time.Time
}

// NewAccounts returns the accounts in a store.
func NewAccounts(store accounts, passwords hasher, now func() time.Time) *Accounts {
	return &Accounts{store: store, passwords: passwords, now: now}
}

// Register makes an account for a new client. All that is wrong with profile
// and password is told at once, under the names of their fields; an address
// that another account has is fault.CodeEmailTaken.
func (a *Accounts) Register(ctx context.Context, profile entity.Profile, password string) (*entity.User, error) {
	profile = profile.Trimmed()
	mistakes := append(profile.Violations(), entity.PasswordViolations("password", password)...)
	if err := fault.InvalidAll(mistakes...).Err(); err != nil {
		return nil, err
	}
	if _, err := a.store.FindByEmail(ctx, profile.Email); err == nil {
		// Hashing a password in vain would be dear.
		return nil, fault.New(fault.CodeEmailTaken, "Another account has this e-mail address.")
	} else if !isNotFound(err) {
		return nil, err
	}
	return a.create(ctx, profile, password, entity.Client)
}

func (a *Accounts) create(ctx context.Context, profile entity.Profile, password string, role entity.Role) (*entity.User, error) {
	hash, err := a.passwords.Hash(ctx, password)
	if err != nil {
		return nil, err
	}
	userID, err := id.New()
	if err != nil {
		return nil, err
	}
	user := entity.Register(userID, profile, hash, role)
	if err := a.store.Create(ctx, user); err != nil {
		return nil, err
	}
	return user, nil
}

// Find returns an account. Whether all of it may be shown, the actor's rights
// tell.
func (a *Accounts) Find(ctx context.Context, userID id.ID) (*entity.User, error) {
	return a.store.Find(ctx, userID)
}

// Me returns the account of whoever asks. A token that outlives its account is
// fault.Unauthenticated.
func (a *Accounts) Me(ctx context.Context, by entity.Actor) (*entity.User, error) {
	user, err := a.store.Find(ctx, by.ID)
	if isNotFound(err) {
		return nil, fault.New(fault.CodeUnauthenticated, "The account does not exist any more.").Because(err)
	}
	return user, err
}

// Search returns the accounts that match, a page at a time.
func (a *Accounts) Search(ctx context.Context, filter entity.UserFilter, q page.Query) (page.Page[*entity.User], error) {
	return a.store.Search(ctx, filter, q)
}

// ChangeProfile changes an account that the actor may change, if match accepts
// its version.
func (a *Accounts) ChangeProfile(ctx context.Context, by entity.Actor, userID id.ID, match entity.Match, change entity.ProfileChange) (*entity.User, error) {
	var deed *entity.Deed
	if by.ID != userID {
		var err error
		if deed, err = entity.NewDeed(by, entity.ProfileChanged, userID.String(), change.Fields()); err != nil {
			return nil, err
		}
	}
	return a.store.Update(ctx, userID, deed, func(u *entity.User) error {
		if err := by.MayChange(u); err != nil {
			return err
		}
		if err := match(u.Version); err != nil {
			return err
		}
		return u.ChangeProfile(change, a.now())
	})
}

// ChangeRoles gives an account exactly these roles, if match accepts its
// version. The last ROOT keeps the role: fault.CodeLastRoot. Tokens show the
// change from the next refresh on.
func (a *Accounts) ChangeRoles(ctx context.Context, by entity.Actor, userID id.ID, match entity.Match, roles entity.Roles) (*entity.User, error) {
	deed, err := entity.NewDeed(by, entity.RolesChanged, userID.String(), roles.String())
	if err != nil {
		return nil, err
	}
	return a.store.UpdateRoles(ctx, userID, deed, func(u *entity.User, roots int) error {
		if err := match(u.Version); err != nil {
			return err
		}
		return u.ChangeRoles(roles, roots, a.now())
	})
}
