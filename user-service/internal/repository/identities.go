package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Identities keeps how other providers know people.
type Identities struct {
	db *sqlx.DB
}

// NewIdentities returns the identities in db.
func NewIdentities(db *sqlx.DB) *Identities { return &Identities{db: db} }

// Find returns the account behind an identity, or fails with fault.NotFound.
func (r *Identities) Find(ctx context.Context, issuer, subject string) (id.ID, error) {
	var userID id.ID
	err := r.db.GetContext(ctx, &userID, `SELECT user_id FROM user_identities WHERE issuer = ? AND subject = ?`, issuer, subject)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return id.ID{}, fault.NotFoundf("There is no such identity.")
	case err != nil:
		return id.ID{}, database.Wrap(fmt.Errorf("find an identity: %w", err))
	}
	return userID, nil
}

// List returns the identities of a person, by issuer.
func (r *Identities) List(ctx context.Context, userID id.ID) ([]entity.Identity, error) {
	var rows []struct {
		Issuer    string    `db:"issuer"`
		Subject   string    `db:"subject"`
		CreatedAt time.Time `db:"created_at"`
	}
	err := r.db.SelectContext(ctx, &rows, `
		SELECT issuer, subject, created_at FROM user_identities WHERE user_id = ? ORDER BY issuer, subject`, userID)
	if err != nil {
		return nil, database.Wrap(fmt.Errorf("list identities of user %s: %w", userID, err))
	}
	found := make([]entity.Identity, len(rows))
	for i, row := range rows {
		found[i] = entity.Identity{Issuer: row.Issuer, Subject: row.Subject, UserID: userID, CreatedAt: row.CreatedAt}
	}
	return found, nil
}

// Create stores a new account with the identity that it is known by, or fails
// with fault.CodeEmailTaken or entity.ErrIdentityTaken.
func (r *Identities) Create(ctx context.Context, user *entity.User, identity entity.Identity) error {
	return database.InTx(ctx, r.db, func(tx *database.Tx) error {
		if err := insertUser(ctx, tx, user); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO user_identities (issuer, subject, user_id, created_at)
			VALUES (?, ?, ?, ?)`, identity.Issuer, identity.Subject, user.ID, identity.CreatedAt)
		if database.IsDuplicate(err) {
			return fmt.Errorf("link user %s: %w", user.ID, entity.ErrIdentityTaken)
		}
		if err != nil {
			return fmt.Errorf("link user %s: %w", user.ID, err)
		}
		return nil
	})
}
