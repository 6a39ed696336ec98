package database_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

const insert = "INSERT INTO things (thing_id, price, seen) VALUES (?,0,NOW(3))"

// count returns how many things there are.
func count(t *testing.T, db *sqlx.DB) (n int) {
	t.Helper()
	if err := db.Get(&n, "SELECT COUNT(*) FROM things"); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTransactionThatFailsSavesNothing(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	refusal := fault.New(fault.CodeIllegalStatus, "no")
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
		if _, err := tx.ExecContext(t.Context(), insert, newID(t)); err != nil {
			return err
		}
		return refusal
	})
	if !errors.Is(err, refusal) || count(t, db) != 0 {
		t.Errorf("InTx = %v and %d things, want the refusal and none", err, count(t, db))
	}
	func() {
		defer func() { recover() }()                                 //nolint:errcheck // the test's own
		database.InTx(t.Context(), db, func(tx *database.Tx) error { //nolint:errcheck // it panics
			if _, err := tx.ExecContext(t.Context(), insert, newID(t)); err != nil {
				t.Error(err)
			}
			panic("ouch")
		})
	}()
	if n := count(t, db); n != 0 || db.Stats().InUse != 0 {
		t.Errorf("after a panic %d things and %d connections in use, want none", n, db.Stats().InUse)
	}
}

func TestTransactionsThatDeadlockRunAgain(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	a, b := newID(t), newID(t)
	now := time.Now()
	if _, err := db.Exec("INSERT INTO things (thing_id, price, seen) VALUES (?,0,?),(?,0,?)", a, now, b, now); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, order := range [][2]id.ID{{a, b}, {b, a}} {
		all.Go(func() { // more rivals than two may lose as often as InTx tries
			for range 80 {
				if err := database.InTx(t.Context(), db, func(tx *database.Tx) error { return raise(t.Context(), tx, order) }); err != nil {
					t.Errorf("InTx: %v", err)
				}
			}
		})
	}
	all.Wait()
	var sum money.Amount
	if err := db.Get(&sum, "SELECT SUM(price) FROM things"); err != nil {
		t.Fatal(err)
	}
	if want := money.Amount(2 * 80 * 2 * 100); sum != want {
		t.Errorf("sum = %s, want %s", sum, want)
	}
}

func raise(ctx context.Context, tx sqlx.ExecerContext, order [2]id.ID) error {
	for _, thing := range order {
		if _, err := tx.ExecContext(ctx, "UPDATE things SET price = price + 1 WHERE thing_id = ?", thing); err != nil {
			return err
		}
	}
	return nil
}

func TestTransactionThatWaitedTooLongForALockRunsAgain(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	thing := newID(t)
	if _, err := db.Exec(insert, thing); err != nil {
		t.Fatal(err)
	}
	holder := hold(t, db, thing)
	runs := 0
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
		if runs++; runs == 2 {
			if err := holder.Commit(); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(t.Context(), "SET SESSION innodb_lock_wait_timeout = 1"); err != nil {
			return err
		}
		return raise(t.Context(), tx, [2]id.ID{thing, thing})
	})
	if err != nil || runs != 2 {
		t.Errorf("InTx = %v after %d runs, want success in the second", err, runs)
	}
}

// hold returns a transaction that has locked a thing.
func hold(t *testing.T, db *sqlx.DB, thing id.ID) *sqlx.Tx {
	t.Helper()
	tx, err := db.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tx.Rollback() }) //nolint:errcheck // after a commit it does nothing
	if err := raise(t.Context(), tx, [2]id.ID{thing, thing}); err != nil {
		t.Fatal(err)
	}
	return tx
}

func TestWaitForALockEndsWithTheDeadline(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	thing := newID(t)
	if _, err := db.Exec(insert, thing); err != nil {
		t.Fatal(err)
	}
	hold(t, db, thing)
	for name, do := range map[string]func(context.Context, *database.Tx) error{
		"of a statement": func(ctx context.Context, tx *database.Tx) error { return raise(ctx, tx, [2]id.ID{thing, thing}) },
		"of what is put off": func(ctx context.Context, tx *database.Tx) error {
			return tx.ExecLater(ctx, "UPDATE things SET price = 7 WHERE thing_id = ?", thing)
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		err := database.InTx(ctx, db, func(tx *database.Tx) error { return do(ctx, tx) })
		if took := time.Since(start); fault.KindOf(err) != fault.Unavailable || took > 3*time.Second {
			t.Errorf("wait %s: InTx = %v after %s, want Unavailable after 100ms", name, err, took)
		}
	}
}

// TestCommitWhoseAnswerWasLostIsNotRepeated kills the connection behind the
// transaction's back.
func TestCommitWhoseAnswerWasLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	runs := 0
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
		runs++
		var connection int64
		if err := tx.GetContext(t.Context(), &connection, "SELECT CONNECTION_ID()"); err != nil {
			return err
		}
		if _, err := tx.ExecContext(t.Context(), insert, newID(t)); err != nil {
			return err
		}
		_, err := db.Exec("KILL ?", connection)
		return err
	})
	if fault.KindOf(err) != fault.Unavailable || runs != 1 {
		t.Errorf("InTx = %v after %d runs, want Unavailable after one", err, runs)
	}
	if err := db.Ping(); err != nil {
		t.Errorf("the pool does not recover: %v", err)
	}
}

// A process that is stopped in the middle of a transaction must not hold up who
// takes over its work.
func TestSleeperInATransactionLosesItsLocks(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	thing := newID(t)
	if _, err := db.Exec(insert, thing); err != nil {
		t.Fatal(err)
	}
	sleeper := hold(t, db, thing)
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error { return raise(t.Context(), tx, [2]id.ID{thing, thing}) })
	if err != nil {
		t.Errorf("InTx beside a sleeper: %v", err)
	}
	if err := sleeper.Commit(); fault.KindOf(database.Wrap(err)) != fault.Unavailable {
		t.Errorf("the sleeper's commit = %v, want Unavailable", err)
	}
}
