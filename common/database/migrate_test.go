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

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
)

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
	for arg, want := range map[string]string{"status": "the schema is newer (2) than this binary (1)", "up": "0 applied"} {
		var out strings.Builder
		if err := database.MigrateCommand(t.Context(), db, one, []string{arg}, &out); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("migrate %s = %v and says %q, want %q in it", arg, err, out.String(), want)
		}
	}
	if err := database.MigrateCommand(t.Context(), db, one, []string{"down"}, &strings.Builder{}); err == nil {
		t.Error("migrate down takes back a version that it does not know")
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

func TestMigrationMayTakeAsLongAsItTakes(t *testing.T) {
	t.Parallel()
	// Each server reads one of the comments, as the statement limit does.
	limits := fstest.MapFS{"00001_limits.sql": {Data: []byte(`-- +goose Up
CREATE TABLE limits AS SELECT /*M! @@SESSION.max_statement_time */ /*!80000 @@SESSION.max_execution_time */ AS seconds;
`)}}
	db := databasetest.New(t, limits)
	var seconds float64
	if err := db.Get(&seconds, "SELECT seconds FROM limits"); err != nil || seconds != 0 {
		t.Errorf("migrations have a statement limit of %g, %v; want none", seconds, err)
	}
}

func TestMigrationsNeedADatabaseOfOurs(t *testing.T) {
	t.Parallel()
	foreign, err := sqlx.Open("mysql", "u@tcp(127.0.0.1:1)/x")
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	if err := database.Migrate(t.Context(), foreign, one, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("Migrate accepts connections that nobody prepared")
	}
}

func TestMigrationsWaitForNobodyWhoseTimeIsUp(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	if err := database.Migrate(ctx, db, one, slog.New(slog.DiscardHandler)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Migrate = %v, want DeadlineExceeded", err)
	}
}
