package database_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

var one = fstest.MapFS{"00001_things.sql": {Data: []byte(`-- +goose Up
CREATE TABLE things (
    thing_id BINARY(16)    NOT NULL PRIMARY KEY,
    price    DECIMAL(12,2) NULL,
    seen     DATETIME(3)   NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
-- +goose Down
DROP TABLE things;
`)}}

// variables are what every connection must have. Where the servers name one
// differently each reads one of the comments.
const variables = "SELECT /*M! @@tx_isolation */ /*!80000 @@transaction_isolation */ AS isolation, @@time_zone AS zone, " +
	"@@innodb_lock_wait_timeout AS lock_wait, @@collation_connection AS collation, " +
	"/*M! @@max_statement_time */ /*!80000 @@max_execution_time / 1000 */ AS statement_limit, " +
	"/*M! @@idle_transaction_timeout */ /*!80000 @@wait_timeout */ AS silence_limit"

func TestConnectionsAreAllAlike(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, nil)
	type settings struct {
		Isolation, Zone, Collation string
		LockWait                   int     `db:"lock_wait"`
		StatementLimit             float64 `db:"statement_limit"`
		SilenceLimit               int     `db:"silence_limit"`
	}
	want := settings{Isolation: "READ-COMMITTED", Zone: "+00:00", Collation: "utf8mb4_bin", LockWait: 5, StatementLimit: 30, SilenceLimit: 4}
	for range 4 {
		conn, err := db.Connx(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var got settings
		if err := conn.GetContext(t.Context(), &got, variables); err != nil || got != want {
			t.Errorf("connection with %+v, %v; want %+v", got, err, want)
		}
	}
}

func TestValuesComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	thing := newID(t)
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	if _, err := db.Exec("INSERT INTO things (thing_id, price, seen) VALUES (?,?,?)", thing, money.Amount(1990), at); err != nil {
		t.Fatal(err)
	}
	var got struct {
		ID    id.ID        `db:"thing_id"`
		Price money.Amount `db:"price"`
		Seen  time.Time    `db:"seen"`
	}
	if err := db.Get(&got, "SELECT thing_id, price, seen FROM things WHERE thing_id = ?", thing); err != nil {
		t.Fatal(err)
	}
	if got.ID != thing || got.Price != 1990 || !got.Seen.Equal(at) {
		t.Errorf("got %+v, want %s 19.90 %s", got, thing, at)
	}
}

func TestUpdateTellsRowsFoundAndNotRowsChanged(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	thing := newID(t)
	if _, err := db.Exec(insert, thing); err != nil {
		t.Fatal(err)
	}
	result, err := db.Exec("UPDATE things SET price = 0 WHERE thing_id = ?", thing)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); n != 1 || err != nil {
		t.Errorf("an UPDATE that changes nothing tells %d rows, %v; want 1", n, err)
	}
}

func TestPoolIsBounded(t *testing.T) {
	t.Parallel()
	db, err := database.Open(t.Context(), database.Config{DSN: config.Secret(databasetest.DSN(t)), Connections: 2, Patience: time.Minute}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if _, err := db.Exec("DO SLEEP(0.02)"); err != nil {
				t.Error(err)
			}
			if n := db.Stats().OpenConnections; n > 2 {
				t.Errorf("%d connections are open, want 2 at most", n)
			}
		})
	}
	all.Wait()
}

func TestWaitingForAConnectionEndsWithTheDeadline(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, nil)
	db.SetMaxOpenConns(1)
	busy, err := db.Connx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := db.ExecContext(ctx, "DO 1"); fault.KindOf(database.Wrap(err)) != fault.Unavailable {
		t.Errorf("a statement without a connection fails with %v, want Unavailable", err)
	}
}

func TestStatementEndsWithTheDeadline(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := db.ExecContext(ctx, "DO SLEEP(20)")
	if took := time.Since(start); fault.KindOf(database.Wrap(err)) != fault.Unavailable || took > 5*time.Second {
		t.Errorf("a statement of 20s fails with %v after %s, want Unavailable after 50ms", err, took)
	}
}

func TestDatabaseThatIsAwayIsToldWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for _, dsn := range []config.Secret{
		"u:hidden-word@tcp(127.0.0.1:1)/x", "hidden-word", "u:hidden-word@tcp(127.0.0.1:1)/x?tls=hidden-word", "u:hidden-word@/x?timeout=hidden-word",
	} {
		_, err := database.Open(t.Context(), database.Config{DSN: dsn, Connections: 2, Patience: time.Millisecond}, slog.New(slog.DiscardHandler))
		if err == nil || strings.Contains(err.Error(), "hidden-word") || strings.Contains(err.Error(), "\n") {
			t.Errorf("Open = %v, want one line without the password", err)
		}
	}
}

func TestOpenEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond) // some attempts
	defer cancel()
	start := time.Now()
	var said strings.Builder
	_, err := database.Open(ctx, database.Config{DSN: "u@tcp(127.0.0.1:1)/x", Connections: 2, Patience: time.Hour}, slog.New(slog.NewTextHandler(&said, nil)))
	if took := time.Since(start); err == nil || took > 10*time.Second {
		t.Errorf("Open = %v after %s, want a failure after 200ms", err, took)
	}
	if lines := strings.Count(said.String(), "refused"); lines != 1 {
		t.Errorf("what it waits for is told %d times, want once:\n%s", lines, &said)
	}
}

func newID(t *testing.T) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}
