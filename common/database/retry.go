package database

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"
)

// tries bounds how often a transaction runs that lost against others.
const tries = 8

// InTx runs do in a transaction and commits when it returns nil; otherwise
// nothing is saved. A transaction that loses a deadlock or a lock wait runs
// again, up to 8 times in all, so do must not have effects outside the
// transaction. A commit whose answer was lost, or was not awaited because ctx
// ended, is never repeated: whether it took place is unknown and the error is
// Unavailable, or that of ctx.
func InTx(ctx context.Context, db *sqlx.DB, do func(tx *Tx) error) error {
	for try := 1; ; try++ {
		err := once(ctx, db, do)
		if err == nil || try == tries || !lost(err) {
			return Wrap(err)
		}
		if err := pause(ctx, try); err != nil {
			return Wrap(err)
		}
	}
}

func once(ctx context.Context, db *sqlx.DB, do func(tx *Tx) error) error {
	conn, err := db.Connx(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	tx := &Tx{conn: conn}
	defer tx.end(ctx)
	if err := do(tx); err != nil {
		return err
	}
	return tx.commit(ctx)
}

// pause waits up to 10, 20, 40 ms and so on, 160 at most, and hardly ever as
// long as the rivals, who would meet again.
func pause(ctx context.Context, try int) error {
	wait := rand.N(min(5*time.Millisecond<<try, 160*time.Millisecond)) // #nosec G404 -- jitter
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
