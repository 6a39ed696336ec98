package database_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
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

func TestConnectionsAreReadCommittedAndInUTC(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, nil)
	var isolation, zone string
	const mariadb, mysql = "SELECT @@tx_isolation", "SELECT @@transaction_isolation"
	if err := db.Get(&isolation, mysql); err != nil {
		if err := db.Get(&isolation, mariadb); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Get(&zone, "SELECT @@time_zone"); err != nil {
		t.Fatal(err)
	}
	if isolation != "READ-COMMITTED" || zone != "+00:00" {
		t.Errorf("isolation %s, time zone %s; want READ-COMMITTED, +00:00", isolation, zone)
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

func TestReplicasThatStartAtOnceMigrateOnce(t *testing.T) {
	t.Parallel()
	dsn := databasetest.DSN(t)
	var all sync.WaitGroup
	for range 4 {
		db := databasetest.Open(t, dsn)
		all.Go(func() {
			if err := database.Migrate(t.Context(), db, one, slog.New(slog.DiscardHandler)); err != nil {
				t.Errorf("Migrate: %v", err)
			}
		})
	}
	all.Wait()
}

func TestBrokenMigrationIsNamedInOneLine(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	two := fstest.MapFS{"00001_things.sql": one["00001_things.sql"], "00002_broken.sql": {Data: []byte("-- +goose Up\nCREATE TABEL x (y INT);\n")}}
	err := database.Migrate(t.Context(), db, two, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "00002_broken.sql") || strings.Contains(err.Error(), "\n") {
		t.Errorf("Migrate = %v, want one line that names 00002_broken.sql", err)
	}
}

func TestNewerSchemaIsAcceptedWithAWarning(t *testing.T) {
	t.Parallel()
	two := fstest.MapFS{"00001_things.sql": one["00001_things.sql"], "00002_more.sql": {Data: []byte("-- +goose Up\nCREATE TABLE more (x INT);\n")}}
	db := databasetest.New(t, two)
	var said strings.Builder
	if err := database.Migrate(t.Context(), db, one, slog.New(slog.NewTextHandler(&said, nil))); err != nil {
		t.Fatalf("Migrate with an older binary: %v", err)
	}
	if !strings.Contains(said.String(), "level=WARN") {
		t.Errorf("log = %q, want a warning", said.String())
	}
}

func TestMigrateCommandGoesUpAndDown(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, nil)
	for _, step := range []struct{ arg, want string }{
		{"status", "pending"}, {"up", "1 applied"}, {"status", "applied"}, {"down", "took back"}, {"down", "nothing"},
	} {
		var out strings.Builder
		if err := database.MigrateCommand(t.Context(), db, one, []string{step.arg}, &out); err != nil {
			t.Fatalf("migrate %s: %v", step.arg, err)
		}
		if !strings.Contains(out.String(), step.want) {
			t.Errorf("migrate %s says %q, want %q in it", step.arg, out.String(), step.want)
		}
	}
	if err := database.MigrateCommand(t.Context(), db, one, []string{"sideways"}, &strings.Builder{}); !errors.Is(err, database.ErrUsage) {
		t.Errorf("migrate sideways = %v, want the usage", err)
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
		for range 4 {
			all.Go(func() {
				for range 20 {
					if err := database.InTx(t.Context(), db, func(tx *sqlx.Tx) error { return raise(t.Context(), tx, order) }); err != nil {
						t.Errorf("InTx: %v", err)
					}
				}
			})
		}
	}
	all.Wait()
	var sum money.Amount
	if err := db.Get(&sum, "SELECT SUM(price) FROM things"); err != nil {
		t.Fatal(err)
	}
	if want := money.Amount(8 * 20 * 2 * 100); sum != want {
		t.Errorf("sum = %s, want %s", sum, want)
	}
}

func raise(ctx context.Context, tx *sqlx.Tx, order [2]id.ID) error {
	for _, thing := range order {
		if _, err := tx.ExecContext(ctx, "UPDATE things SET price = price + 1 WHERE thing_id = ?", thing); err != nil {
			return err
		}
	}
	return nil
}

func TestDatabaseThatIsAwayIsUnavailable(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, nil)
	db.Close()
	_, err := database.Open(t.Context(), database.Config{DSN: "u:hidden-word@tcp(127.0.0.1:1)/x", Connections: 2, Patience: time.Millisecond})
	if err == nil || strings.Contains(err.Error(), "hidden-word") {
		t.Errorf("Open = %v, want a failure without the password", err)
	}
	_, err = database.Open(t.Context(), database.Config{DSN: config.Secret("hidden-word"), Connections: 2, Patience: time.Second})
	if err == nil || strings.Contains(err.Error(), "hidden-word") {
		t.Errorf("Open = %v, want a failure without the DSN", err)
	}
	if got := fault.KindOf(database.Wrap(context.DeadlineExceeded)); got != fault.Unavailable {
		t.Errorf("kind of a deadline = %v, want Unavailable", got)
	}
}

func TestKeysetPagesHoldEveryRowOnce(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	prices := []any{nil, "1.00", "2.00", nil, "1.00", "3.00", nil, "1.00"}
	for _, p := range prices {
		if _, err := db.Exec("INSERT INTO things (thing_id, price, seen) VALUES (?,?,NOW(3))", newID(t), p); err != nil {
			t.Fatal(err)
		}
	}
	for _, column := range []string{"price", "thing_id"} {
		for _, descending := range []bool{false, true} {
			q := page.Query{Limit: 2, Descending: descending}
			seen := map[id.ID]bool{}
			for {
				rows := fetch(t, db, q, column)
				got := page.Cut(rows, q.Limit, func(r row) page.Key { return page.Key{Value: r.Price, ID: r.ID} })
				for _, r := range got.Items {
					seen[r.ID] = true
				}
				if q.After = got.Next; q.After == nil {
					break
				}
			}
			if len(seen) != len(prices) {
				t.Errorf("by %s, descending %t: %d rows, want %d", column, descending, len(seen), len(prices))
			}
		}
	}
}

type row struct {
	ID    id.ID   `db:"thing_id"`
	Price *string `db:"price"`
}

func fetch(t *testing.T, db *sqlx.DB, q page.Query, column string) (rows []row) {
	t.Helper()
	where, args := database.After(q, column, "thing_id")
	query := "SELECT thing_id, price FROM things WHERE " + where + " ORDER BY " + database.OrderBy(q, column, "thing_id") + " LIMIT ?"
	if err := db.Select(&rows, query, append(args, q.Limit+1)...); err != nil {
		t.Fatal(err)
	}
	return rows
}

func newID(t *testing.T) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}
