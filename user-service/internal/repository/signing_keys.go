package repository

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// SigningKeys keeps the keys that access tokens are signed with.
type SigningKeys struct {
	db *sqlx.DB
}

// NewSigningKeys returns the signing keys in db.
func NewSigningKeys(db *sqlx.DB) *SigningKeys { return &SigningKeys{db: db} }

const keyColumns = `key_id, state, public_key, private_key, asked, created_at, signs_from, activated_at, retired_at`

// All returns every key, the newest first.
func (r *SigningKeys) All(ctx context.Context) ([]entity.SigningKey, error) {
	keys, err := keysBy(ctx, r.db, "")
	return keys, database.Wrap(err)
}

// Update changes the keys while holding them all, so that no other replica does
// so meanwhile, and notes deed unless it is nil or nothing changes. Of replicas
// that make the first keys at once one wins; the others change nothing.
func (r *SigningKeys) Update(ctx context.Context, deed *entity.Deed, decide func([]entity.SigningKey) (entity.KeyChange, error)) error {
	err := database.InTx(ctx, r.db, func(tx *database.Tx) error {
		keys, err := keysBy(ctx, tx, "FOR UPDATE")
		if err != nil {
			return err
		}
		change, err := decide(keys)
		if err != nil || change.Empty() {
			return err
		}
		if err := apply(ctx, tx, change); err != nil {
			return err
		}
		return note(ctx, tx, deed)
	})
	if database.IsDuplicate(err) {
		return nil
	}
	return err
}

func keysBy(ctx context.Context, q database.Queryer, lock string) ([]entity.SigningKey, error) {
	var rows []keyRow
	err := q.SelectContext(ctx, &rows, `SELECT `+keyColumns+` FROM signing_keys ORDER BY created_at DESC, key_id `+lock)
	if err != nil {
		return nil, fmt.Errorf("read the signing keys: %w", err)
	}
	keys := make([]entity.SigningKey, len(rows))
	for i, row := range rows {
		keys[i] = row.key()
	}
	return keys, nil
}

func apply(ctx context.Context, tx *database.Tx, change entity.KeyChange) error {
	for _, keyID := range change.Remove {
		if _, err := tx.ExecContext(ctx, `DELETE FROM signing_keys WHERE key_id = ?`, keyID); err != nil {
			return fmt.Errorf("delete signing key %s: %w", keyID, err)
		}
	}
	for _, key := range change.Save {
		_, err := tx.ExecContext(ctx, `
			UPDATE signing_keys
			SET    state = ?, private_key = ?, asked = ?, activated_at = ?, retired_at = ?
			WHERE  key_id = ?`,
			key.State, key.Private, key.Asked, key.ActivatedAt, key.RetiredAt, key.ID)
		if err != nil {
			return fmt.Errorf("update signing key %s: %w", key.ID, err)
		}
	}
	for _, key := range change.Add {
		_, err := tx.ExecContext(ctx, `INSERT INTO signing_keys (`+keyColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			key.ID, key.State, key.Public, key.Private, key.Asked, key.CreatedAt, key.SignsFrom, key.ActivatedAt, key.RetiredAt)
		if err != nil {
			return fmt.Errorf("create signing key %s: %w", key.ID, err)
		}
	}
	return nil
}

// keyRow is a row of signing_keys.
type keyRow struct {
	ID          string          `db:"key_id"`
	State       entity.KeyState `db:"state"`
	Public      []byte          `db:"public_key"`
	Private     []byte          `db:"private_key"`
	Asked       bool            `db:"asked"`
	CreatedAt   time.Time       `db:"created_at"`
	SignsFrom   sql.NullTime    `db:"signs_from"`
	ActivatedAt sql.NullTime    `db:"activated_at"`
	RetiredAt   sql.NullTime    `db:"retired_at"`
}

func (r keyRow) key() entity.SigningKey {
	return entity.SigningKey{
		ID: r.ID, State: r.State, Public: r.Public, Private: r.Private, Asked: r.Asked,
		CreatedAt: r.CreatedAt, SignsFrom: timeOf(r.SignsFrom), ActivatedAt: timeOf(r.ActivatedAt), RetiredAt: timeOf(r.RetiredAt),
	}
}

func timeOf(t sql.NullTime) *time.Time {
	if !t.Valid {
		return nil
	}
	return &t.Time
}
