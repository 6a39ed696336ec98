// Package databasetest gives each test a database of its own on a real MySQL or
// MariaDB server: the one that TEST_MYSQL_DSN names (as a user who may create
// databases), else a private one that the first test of the process starts.
package databasetest

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
)

// New returns a fresh database with the migrations applied. It is dropped when
// the test ends.
func New(t testing.TB, migrations fs.FS) *sqlx.DB {
	t.Helper()
	db := Open(t, DSN(t))
	if migrations != nil {
		if err := database.Migrate(t.Context(), db, migrations, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatalf("migrate the test's database: %v", err)
		}
	}
	return db
}

// Open connects to a database of DSN's until the test ends.
func Open(t testing.TB, dsn string) *sqlx.DB {
	t.Helper()
	db, err := database.Open(t.Context(), database.Config{DSN: config.Secret(dsn), Connections: 16, Patience: patience}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("open the test's database: %v", err)
	}
	t.Cleanup(func() { db.Close() }) //nolint:errcheck // nothing is lost
	return db
}

// DSN creates an empty database and returns how to reach it. It is dropped when
// the test ends.
func DSN(t testing.TB) string {
	t.Helper()
	options, err := mysql.ParseDSN(server(t))
	if err != nil {
		t.Fatalf("TEST_MYSQL_DSN: %v", err)
	}
	admin, err := sqlx.Open("mysql", options.FormatDSN())
	if err != nil {
		t.Fatalf("reach the test server: %v", err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:16])
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatalf("create the test's database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + name); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
		admin.Close() //nolint:errcheck // nothing is lost
	})
	options.DBName = name
	return options.FormatDSN()
}

// server returns the DSN of the server for tests.
func server(t testing.TB) string {
	t.Helper()
	if dsn := os.Getenv("TEST_MYSQL_DSN"); dsn != "" {
		return dsn
	}
	dsn, err := shared()
	if err != nil {
		t.Fatalf("no database server for tests: %v", err)
	}
	return dsn
}

// shared is the server that this process started, once.
var shared = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "oms-test-db-")
	if err != nil {
		return "", fmt.Errorf("make a data folder: %w", err)
	}
	return start(dir)
})
