package database_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/oms-fleet/oms/fleet/internal/database"
	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

func config(folder string) database.Config {
	return database.Config{
		Folder: folder, Output: io.Discard, Settings: database.Fleeting(), Say: func(string, ...any) {},
		Accounts: []database.Account{
			{User: "lamp", Password: "lamp-secret", Schema: "lamp_db"},
			{User: "desk", Password: "desk-secret", Schema: "desk_db"},
		},
	}
}

// start runs a private server until the test ends or stop is called.
func start(t *testing.T, cfg database.Config) (server *database.Server, stop func()) {
	t.Helper()
	s := supervisor.New(t.Logf)
	ctx, cancel := s.Guard(t.Context())
	server, err := database.Start(ctx, s, cfg)
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	stop = func() {
		if !stopped {
			server.Stop()
			s.Close()
			cancel()
			stopped = true
		}
	}
	t.Cleanup(stop)
	return server, stop
}

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	options, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	options.Logger = &mysql.NopLogger{} // broken connections are what some tests are about
	connector, err := mysql.NewConnector(options)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { db.Close() })
	return db
}

// run executes statements one after the other.
func run(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestDataOutlivesTheServer(t *testing.T) {
	t.Parallel()
	cfg := config(filepath.Join(t.TempDir(), "database"))
	first, stop := start(t, cfg)
	run(t, open(t, first.DSN("lamp_db")), "CREATE TABLE lamps (name VARCHAR(9))", "INSERT INTO lamps VALUES ('desk')")
	stop()

	second, _ := start(t, cfg)
	var name string
	if err := open(t, second.DSN("lamp_db")).QueryRow("SELECT name FROM lamps").Scan(&name); err != nil || name != "desk" {
		t.Errorf("lamp after a restart = %q, %v, want desk", name, err)
	}
}

func TestCommittedDataOutlivesAKilledServer(t *testing.T) {
	t.Parallel()
	cfg := config(filepath.Join(t.TempDir(), "database"))
	cfg.Settings = database.Durable()
	server, _ := start(t, cfg)
	db := open(t, server.DSN("lamp_db"))
	run(t, db, "CREATE TABLE lamps (name VARCHAR(9))", "INSERT INTO lamps VALUES ('desk')")
	if err := syscall.Kill(server.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var name string
	err := errors.New("not asked yet")
	for end := time.Now().Add(30 * time.Second); err != nil && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		err = db.QueryRow("SELECT name FROM lamps").Scan(&name)
	}
	if err != nil || name != "desk" {
		t.Errorf("lamp after kill -9 = %q, %v, want desk at the same address", name, err)
	}
}

func TestAccountSeesItsOwnSchemaAlone(t *testing.T) {
	t.Parallel()
	server, _ := start(t, config(filepath.Join(t.TempDir(), "database")))
	run(t, open(t, server.DSN("desk_db")), "CREATE TABLE desks (name VARCHAR(9))")
	var got string
	err := open(t, server.DSN("lamp_db")).QueryRow("SELECT name FROM desk_db.desks").Scan(&got)
	if refused, ok := errors.AsType[*mysql.MySQLError](err); !ok || refused.Number != 1142 {
		t.Errorf("reading another's table = %v, want error 1142", err)
	}
}

func TestServerIsReadCommittedAndTakesNoPasswordlessRoot(t *testing.T) {
	t.Parallel()
	server, _ := start(t, config(filepath.Join(t.TempDir(), "database")))
	var name, isolation string
	err := open(t, server.DSN("lamp_db")).QueryRow("SHOW VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')").Scan(&name, &isolation)
	if err != nil || isolation != "READ-COMMITTED" {
		t.Errorf("isolation = %q, %v, want READ-COMMITTED", isolation, err)
	}
	options, err := mysql.ParseDSN(server.DSN("lamp_db"))
	if err != nil {
		t.Fatal(err)
	}
	options.User, options.Passwd, options.DBName = "root", "", ""
	if err := open(t, options.FormatDSN()).Ping(); err == nil {
		t.Error("root comes in without a password")
	}
}

func TestServerThatCannotStartTellsWhy(t *testing.T) {
	t.Parallel()
	cfg := config(filepath.Join(t.TempDir(), "database"))
	cfg.Settings, cfg.Log = []string{"--no-such-setting"}, "database.log"
	s := supervisor.New(t.Logf)
	defer s.Close()
	ctx, cancel := s.Guard(t.Context())
	defer cancel()
	_, err := database.Start(ctx, s, cfg)
	if err == nil || !strings.Contains(err.Error(), "database ended at start") || !strings.Contains(err.Error(), "see database.log") {
		t.Errorf("Start = %v, want why the database ended", err)
	}
}

func TestUnfinishedDataFolderIsMadeAnew(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "database")
	if err := os.MkdirAll(filepath.Join(folder, "data.draft", "half"), 0o700); err != nil {
		t.Fatal(err)
	}
	server, _ := start(t, config(folder))
	if err := open(t, server.DSN("lamp_db")).Ping(); err != nil {
		t.Error(err)
	}
}

func TestGivenServerGetsTheAccounts(t *testing.T) {
	t.Parallel()
	cfg := config(filepath.Join(t.TempDir(), "database"))
	cfg.Accounts = []database.Account{{User: "admin", Password: "admin-secret"}}
	owned, _ := start(t, cfg)
	wanted := config("").Accounts
	for range 2 { // the second time all is there
		given, err := database.Given(t.Context(), owned.DSN(""), wanted)
		if err != nil {
			t.Fatal(err)
		}
		if err := open(t, given.DSN("lamp_db")).Ping(); err != nil {
			t.Errorf("account on a given server: %v", err)
		}
		if given.PID() != 0 {
			t.Errorf("process of a given server = %d, want 0", given.PID())
		}
		given.Stop()
	}
	if err := open(t, owned.DSN("")).Ping(); err != nil {
		t.Errorf("given server after the fleet's stop: %v", err)
	}
}

func TestUserWhoMayNotMakeUsersIsUsedForAllSchemas(t *testing.T) {
	t.Parallel()
	cfg := config(filepath.Join(t.TempDir(), "database"))
	cfg.Accounts = []database.Account{{User: "admin", Password: "admin-secret"}}
	owned, _ := start(t, cfg)
	run(t, open(t, owned.DSN("")),
		"CREATE USER clerk@localhost IDENTIFIED BY 'clerk-secret'", "GRANT ALL PRIVILEGES ON `%_db`.* TO clerk@localhost")
	dsn := strings.Replace(owned.DSN(""), "admin:admin-secret", "clerk:clerk-secret", 1)
	given, err := database.Given(t.Context(), dsn, config("").Accounts)
	if err != nil {
		t.Fatal(err)
	}
	run(t, open(t, given.DSN("lamp_db")), "CREATE TABLE lamps (name VARCHAR(9))")
}

func TestBadGivenServerIsNamedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"root:hunter2@nonsense", "root:hunter2@tcp(127.0.0.1:1)/"} {
		_, err := database.Given(context.Background(), dsn, config("").Accounts)
		if err == nil || !strings.Contains(err.Error(), "FLEET_MYSQL") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Given(%q) = %v, want FLEET_MYSQL named and no password", dsn, err)
		}
	}
}

// A socket's path may have some hundred characters; a clone of the project may
// lie deeper.
func TestServerInADeepFolderIsReachedByTCP(t *testing.T) {
	t.Parallel()
	server, _ := start(t, config(filepath.Join(t.TempDir(), strings.Repeat("deep", 25), "database")))
	if !strings.Contains(server.DSN("lamp_db"), "@tcp(127.0.0.1:") {
		t.Errorf("DSN = %q", server.DSN("lamp_db"))
	}
	if err := open(t, server.DSN("lamp_db")).Ping(); err != nil {
		t.Error(err)
	}
}
