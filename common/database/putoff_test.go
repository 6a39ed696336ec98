package database_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/fault"
)

// messages counts what is written to connections of the network "counted".
type messages struct {
	net.Conn
	n *atomic.Int64
}

func (m messages) Write(b []byte) (int, error) {
	m.n.Add(1)
	return m.Conn.Write(b)
}

// openCounted returns a database with things, of one connection, and the number of
// messages it was sent.
func openCounted(t *testing.T) (*sqlx.DB, *atomic.Int64) {
	t.Helper()
	options, err := mysql.ParseDSN(databasetest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	network, address, sent := options.Net, options.Addr, new(atomic.Int64)
	options.Net = "counted-" + t.Name()
	mysql.RegisterDialContext(options.Net, func(ctx context.Context, _ string) (net.Conn, error) {
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, network, address)
		return messages{conn, sent}, err
	})
	db, err := database.Open(t.Context(), database.Config{DSN: config.Secret(options.FormatDSN()), Connections: 1, Patience: time.Minute}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() }) //nolint:errcheck // nothing is lost
	if err := database.Migrate(t.Context(), db, one, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(insert, newID(t)); err != nil { // the connection is there
		t.Fatal(err)
	}
	return db, sent
}

func TestSmallTransactionIsOneMessage(t *testing.T) {
	t.Parallel()
	db, sent := openCounted(t)
	for range 3 { // none of them is kept prepared
		before := sent.Load()
		err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
			return errors.Join(tx.ExecLater(t.Context(), insert, newID(t)), tx.ExecLater(t.Context(), insert, newID(t)))
		})
		if n := sent.Load() - before; err != nil || n != 1 {
			t.Errorf("two inserts: %v, %d messages, want one", err, n)
		}
	}
	before := sent.Load()
	var n int
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
		if err := tx.GetContext(t.Context(), &n, "SELECT COUNT(*) FROM things FOR UPDATE"); err != nil {
			return err
		}
		return tx.ExecLater(t.Context(), insert, newID(t))
	})
	if sent := sent.Load() - before; err != nil || n != 7 || sent != 2 {
		t.Errorf("a look and an insert: %v, %d things, %d messages, want 7 and two messages", err, n, sent)
	}
	before = sent.Load()
	if err := database.InTx(t.Context(), db, func(*database.Tx) error { return nil }); err != nil || sent.Load() != before {
		t.Errorf("nothing to do: %v, %d messages, want none", err, sent.Load()-before)
	}
	if n := count(t, db); n != 8 {
		t.Errorf("%d things, want 8", n)
	}
}

func TestWhatIsPutOffComesBeforeWhatFollows(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	thing := newID(t)
	var prices []string
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
		ctx := t.Context()
		if err := tx.ExecLater(ctx, insert, thing); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE things SET price = price + 1 WHERE thing_id = ?", thing); err != nil {
			return err
		}
		if err := tx.ExecLater(ctx, "UPDATE things SET price = price * 3 WHERE thing_id = ?", thing); err != nil {
			return err
		}
		if err := tx.SelectContext(ctx, &prices, "SELECT price FROM things"); err != nil {
			return err
		}
		// Too large to be put off, behind one that is.
		if err := tx.ExecLater(ctx, "UPDATE things SET price = price + 2 WHERE thing_id = ?", thing); err != nil {
			return err
		}
		return tx.ExecLater(ctx, "UPDATE things SET price = price * 5 WHERE thing_id = ? AND '' <> ?", thing, strings.Repeat("x", 40<<10))
	})
	var last string
	if err := errors.Join(err, db.Get(&last, "SELECT price FROM things")); err != nil || len(prices) != 1 || prices[0] != "3.00" || last != "25.00" {
		t.Errorf("prices %v, then %s, %v, want 3.00, then 25.00", prices, last, err)
	}
}

func TestFailureOfWhatIsPutOffSavesNothing(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	db.SetMaxOpenConns(1)
	thing := newID(t)
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
		for _, id := range []any{thing, newID(t), thing, newID(t)} {
			if err := tx.ExecLater(t.Context(), insert, id); err != nil {
				return err
			}
		}
		return nil
	})
	if !database.IsDuplicate(err) {
		t.Errorf("InTx = %v, want a duplicate", err)
	}
	if n := count(t, db); n != 0 { // the one connection has no transaction open
		t.Errorf("%d things, want none", n)
	}
	if _, err := db.Exec(insert, thing); err != nil {
		t.Error(err)
	}
	refusal := fault.New(fault.CodeIllegalStatus, "no")
	err = database.InTx(t.Context(), db, func(tx *database.Tx) error {
		return errors.Join(tx.ExecLater(t.Context(), insert, newID(t)), refusal)
	})
	if n := count(t, db); n != 1 || !errors.Is(err, refusal) {
		t.Errorf("InTx = %v and %d things, want the refusal and one", err, n)
	}
}
