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

// All returns every key, the newest first.
func (r *SigningKeys) All(ctx context.Context) ([]entity.SigningKey, error) {
	var rows []keyRow
	err := r.db.SelectContext(ctx, &rows, `
		SELECT   key_id, state, public_key, private_key, created_at, activated_at, retired_at
		FROM     signing_keys
		ORDER BY created_at DESC, key_id`)
	if err != nil {
		return nil, database.Wrap(fmt.Errorf("read the signing keys: %w", err))
	}
	keys := make([]entity.SigningKey, len(rows))
	for i, row := range rows {
		keys[i] = row.key()
	}
	return keys, nil
}

// Create stores a key and reports whether it did: a second active key is
// refused, so of replicas that start at once one wins.
func (r *SigningKeys) Create(ctx context.Context, key entity.SigningKey) (bool, error) {
	_, err := r.db.ExecContext(ctx, `
		INSERT INTO signing_keys (key_id, state, public_key, private_key, created_at, activated_at, retired_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		key.ID, key.State, key.Public, key.Private, key.CreatedAt, key.ActivatedAt, key.RetiredAt)
	switch {
	case database.IsDuplicate(err):
		return false, nil
	case err != nil:
		return false, database.Wrap(fmt.Errorf("create signing key %s: %w", key.ID, err))
	}
	return true, nil
}

// keyRow is a row of signing_keys.
type keyRow struct {
	ID          string          `db:"key_id"`
	State       entity.KeyState `db:"state"`
	Public      []byte          `db:"public_key"`
	Private     []byte          `db:"private_key"`
	CreatedAt   time.Time       `db:"created_at"`
	ActivatedAt sql.NullTime    `db:"activated_at"`
	RetiredAt   sql.NullTime    `db:"retired_at"`
}

func (r keyRow) key() entity.SigningKey {
	return entity.SigningKey{
		ID: r.ID, State: r.State, Public: r.Public, Private: r.Private,
		CreatedAt: r.CreatedAt, ActivatedAt: timeOf(r.ActivatedAt), RetiredAt: timeOf(r.RetiredAt),
	}
}

func timeOf(t sql.NullTime) *time.Time {
	if !t.Valid {
		return nil
	}
	return &t.Time
}
