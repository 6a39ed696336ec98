package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/batch"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Users keeps accounts.
type Users struct {
	db    *sqlx.DB
	finds *batch.Batcher[id.ID, *entity.User]
}

// NewUsers returns the accounts in db.
func NewUsers(db *sqlx.DB) *Users {
	r := &Users{db: db}
	r.finds = batch.New(maxTogether, parallel, r.findAll)
	return r
}

const userColumns = `user_id, email, password_hash, first_name, last_name, address, roles, version, created_at, updated_at`

// Create stores a new account, or fails with fault.CodeEmailTaken.
func (r *Users) Create(ctx context.Context, u *entity.User) error { return insertUser(ctx, r.db, u) }

func insertUser(ctx context.Context, db sqlx.ExecerContext, u *entity.User) error {
	_, err := db.ExecContext(ctx, `
		INSERT INTO users (user_id, email, email_key, password_hash, first_name, last_name,
		                   address, roles, version, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		u.ID, u.Email, entity.EmailKey(u.Email), nullable(u.PasswordHash), u.FirstName, u.LastName,
		u.Address, u.Roles.String(), u.Version, u.CreatedAt, u.UpdatedAt)
	if err != nil {
		return saved(err, "create user %s", u.ID)
	}
	return nil
}

// Find returns an account or fails with fault.NotFound.
func (r *Users) Find(ctx context.Context, userID id.ID) (*entity.User, error) {
	user, err := r.finds.Do(ctx, userID)
	if err == nil && user == nil {
		err = fault.NotFoundf("There is no such user.")
	}
	return user, database.Wrap(err)
}

// findAll reads accounts, nil where there is none.
func (r *Users) findAll(ctx context.Context, ids []id.ID) ([]*entity.User, error) {
	args := make([]any, len(ids))
	for i, userID := range ids {
		args[i] = userID
	}
	var rows []userRow
	err := r.db.SelectContext(ctx, &rows, `SELECT `+userColumns+` FROM users WHERE user_id IN `+database.In(len(ids)), args...)
	if err != nil {
		return nil, database.Wrap(fmt.Errorf("find users: %w", err))
	}
	found := make([]*entity.User, len(ids))
	for i, userID := range ids {
		if j := slices.IndexFunc(rows, func(r userRow) bool { return r.ID == userID }); j >= 0 {
			found[i] = rows[j].user() // one of their own: callers may change it
		}
	}
	return found, nil
}

// FindByEmail returns the account with an address, in any case, or fails with
// fault.NotFound.
func (r *Users) FindByEmail(ctx context.Context, email string) (*entity.User, error) {
	return one(ctx, r.db, "email_key = ?", entity.EmailKey(email))
}

// HasRoot reports whether there is a ROOT.
func (r *Users) HasRoot(ctx context.Context) (bool, error) {
	var found bool
	err := r.db.GetContext(ctx, &found, `SELECT EXISTS (SELECT 1 FROM users WHERE is_root = 1)`)
	if err != nil {
		return false, database.Wrap(fmt.Errorf("look for a root: %w", err))
	}
	return found, nil
}

// Update changes an account while holding its row, so that no other change
// comes between, and notes deed unless it is nil or nothing changes. If change
// fails nothing is saved.
func (r *Users) Update(ctx context.Context, userID id.ID, deed *entity.Deed, change func(*entity.User) error) (*entity.User, error) {
	var user *entity.User
	err := database.InTx(ctx, r.db, func(tx *database.Tx) (err error) {
		user, err = update(ctx, tx, userID, deed, change)
		return err
	})
	return user, err
}

// UpdateRoles is Update that also tells how many roots there are, and holds
// their rows: no two changes can take away the last ROOT together.
func (r *Users) UpdateRoles(ctx context.Context, userID id.ID, deed *entity.Deed, change func(u *entity.User, roots int) error) (*entity.User, error) {
	var user *entity.User
	err := database.InTx(ctx, r.db, func(tx *database.Tx) (err error) {
		roots, err := lockRoots(ctx, tx)
		if err != nil {
			return err
		}
		user, err = update(ctx, tx, userID, deed, func(u *entity.User) error { return change(u, roots) })
		return err
	})
	return user, err
}

// ReplacePassword sets a new hash unless the stored one is no longer old. It
// reports whether it did. Profile and version stay.
func (r *Users) ReplacePassword(ctx context.Context, userID id.ID, old, hash string) (bool, error) {
	result, err := r.db.ExecContext(ctx, `
		UPDATE users
		SET    password_hash = ?
		WHERE  user_id = ? AND password_hash <=> ?`, hash, userID, nullable(old))
	if err != nil {
		return false, database.Wrap(fmt.Errorf("replace password of user %s: %w", userID, err))
	}
	rows, err := result.RowsAffected()
	return rows == 1, err
}

func update(ctx context.Context, tx *database.Tx, userID id.ID, deed *entity.Deed, change func(*entity.User) error) (*entity.User, error) {
	user, err := one(ctx, tx, "user_id = ? FOR UPDATE", userID)
	if err != nil {
		return nil, err
	}
	before := user.Version
	if err := change(user); err != nil {
		return nil, err
	}
	if user.Version == before {
		deed = nil
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE users
		SET    email = ?, email_key = ?, first_name = ?, last_name = ?, address = ?, roles = ?,
		       version = ?, updated_at = ?
		WHERE  user_id = ?`,
		user.Email, entity.EmailKey(user.Email), user.FirstName, user.LastName, user.Address,
		user.Roles.String(), user.Version, user.UpdatedAt, user.ID)
	if err != nil {
		return nil, saved(err, "update user %s", userID)
	}
	return user, note(ctx, tx, deed)
}

// one reads the account that a condition names.
func one(ctx context.Context, q database.Queryer, condition string, arg any) (*entity.User, error) {
	var row userRow
	err := q.GetContext(ctx, &row, `SELECT `+userColumns+` FROM users WHERE `+condition, arg)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fault.NotFoundf("There is no such user.")
	case err != nil:
		return nil, database.Wrap(fmt.Errorf("find user: %w", err))
	}
	return row.user(), nil
}

// saved explains why an account could not be written.
func saved(err error, deed string, userID id.ID) error {
	if database.IsDuplicate(err) {
		return fault.New(fault.CodeEmailTaken, "Another account has this e-mail address.").Because(err)
	}
	return database.Wrap(fmt.Errorf(deed+": %w", userID, err))
}
