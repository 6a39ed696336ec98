package service

import (
	"context"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// passwordStore finds accounts and replaces their password hashes.
type passwordStore interface {
	Find(ctx context.Context, userID id.ID) (*entity.User, error)
	FindByEmail(ctx context.Context, email string) (*entity.User, error)
	ReplacePassword(ctx context.Context, userID id.ID, old, hash string) (bool, error)
}

// sessionEnder ends the sessions of a user but one.
type sessionEnder interface {
	EndAll(ctx context.Context, userID, but id.ID) error
}

// Passwords checks and changes passwords.
type Passwords struct {
	store    passwordStore
	hasher   hasher
	guard    *Guard
	sessions sessionEnder
}

// NewPasswords returns the passwords in a store.
func NewPasswords(store passwordStore, hasher hasher, guard *Guard, sessions sessionEnder) *Passwords {
	return &Passwords{store: store, hasher: hasher, guard: guard, sessions: sessions}
}

// Check returns the account that has this address and password. An unknown
// address and a wrong password cost the same time and are the same
// fault.Unauthenticated; too many of them are fault.TooMany.
func (p *Passwords) Check(ctx context.Context, email, password, address string) (*entity.User, error) {
	user, err := p.store.FindByEmail(ctx, email)
	if isNotFound(err) {
		user, err = &entity.User{}, nil // the empty hash costs as much as any
	}
	if err != nil {
		return nil, err
	}
	right, err := p.guard.try(ctx, email, address, func() (bool, error) {
		return p.verify(ctx, user, password)
	})
	if err == nil && !right {
		err = fault.New(fault.CodeUnauthenticated, "E-mail address or password is wrong.")
	}
	if err != nil {
		return nil, err
	}
	return user, nil
}

// verify reports whether a password is the user's, and renews a hash that is
// not made as we make them now.
func (p *Passwords) verify(ctx context.Context, user *entity.User, password string) (bool, error) {
	right, stale, err := p.hasher.Verify(ctx, user.PasswordHash, password)
	if err != nil || !right || !stale {
		return right, err
	}
	hash, err := p.hasher.Hash(ctx, password)
	if err != nil {
		return false, err
	}
	_, err = p.store.ReplacePassword(ctx, user.ID, user.PasswordHash, hash)
	return true, err
}

// Change replaces the password of whoever asks and ends all their other
// sessions. What breaks the rules is told at oldPassword or newPassword.
func (p *Passwords) Change(ctx context.Context, by entity.Actor, old, wanted string) error {
	if err := entity.CheckPassword("newPassword", wanted); err != nil {
		return err
	}
	user, err := p.store.Find(ctx, by.ID)
	if err != nil {
		return err
	}
	right, err := p.guard.try(ctx, user.Email, "", func() (bool, error) {
		right, _, err := p.hasher.Verify(ctx, user.PasswordHash, old)
		return right, err
	})
	if err != nil {
		return err
	}
	if !right {
		return fault.InvalidAt("oldPassword", "is not your password")
	}
	return p.replace(ctx, user, wanted, by.SessionID)
}

// replace ends the sessions first: should the password then stay as it was, the
// user just tries again.
func (p *Passwords) replace(ctx context.Context, user *entity.User, wanted string, but id.ID) error {
	hash, err := p.hasher.Hash(ctx, wanted)
	if err != nil {
		return err
	}
	if err := p.sessions.EndAll(ctx, user.ID, but); err != nil {
		return err
	}
	replaced, err := p.store.ReplacePassword(ctx, user.ID, user.PasswordHash, hash)
	if err == nil && !replaced {
		err = fault.InvalidAt("oldPassword", "was changed meanwhile")
	}
	return err
}
