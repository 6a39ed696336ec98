package repository

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Erasure removes accounts with all that belongs to them, and tells the other
// services so by the outbox: both happen, or neither.
type Erasure struct {
	db    *sqlx.DB
	trace func(context.Context) string
	offer func(...contract.Record)
}

// NewErasure returns the erasure in db. trace tells the trace context of a
// request; offer takes messages whose transaction has been committed.
func NewErasure(db *sqlx.DB, trace func(context.Context) string, offer func(...contract.Record)) *Erasure {
	return &Erasure{db: db, trace: trace, offer: offer}
}

// Erase removes an account and notes it, if check accepts it. roots is the
// number of users who hold ROOT; their rows are held meanwhile.
func (r *Erasure) Erase(ctx context.Context, userID id.ID, deed *entity.Deed, check func(u *entity.User, roots int) error) error {
	told, err := contract.NewRecord(contract.UserErased{
		EventID: deed.ID, UserID: userID, OccurredAt: contract.Time{Time: deed.OccurredAt},
	}, r.trace(ctx))
	if err != nil {
		return fmt.Errorf("tell of the erasure of user %s: %w", userID, err)
	}
	err = database.InTx(ctx, r.db, func(tx *database.Tx) error {
		roots, err := lockRoots(ctx, tx)
		if err != nil {
			return err
		}
		user, err := one(ctx, tx, "user_id = ? FOR UPDATE", userID)
		if err != nil {
			return err
		}
		if err := check(user, roots); err != nil {
			return err
		}
		for _, table := range []string{"oauth_consents", "user_identities", "users"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE user_id = ?`, userID); err != nil {
				return fmt.Errorf("erase user %s from %s: %w", userID, table, err)
			}
		}
		if err := note(ctx, tx, deed); err != nil {
			return err
		}
		return outbox.Add(ctx, tx, told)
	})
	if err != nil {
		return err
	}
	r.offer(told)
	return nil
}

// lockRoots holds the rows of all who are ROOT and counts them.
func lockRoots(ctx context.Context, tx *database.Tx) (int, error) {
	var roots []id.ID
	err := tx.SelectContext(ctx, &roots, `SELECT user_id FROM users WHERE is_root = 1 ORDER BY user_id FOR UPDATE`)
	if err != nil {
		return 0, fmt.Errorf("lock the roots: %w", err)
	}
	return len(roots), nil
}
