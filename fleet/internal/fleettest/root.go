package fleettest

import (
	"context"
	"database/sql"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// Root is the database as its administrator sees it, past all links.
func (f *Fleet) Root(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("mysql", f.rootDSN(t))
	must(t, err)
	t.Cleanup(func() { db.Close() }) //nolint:errcheck // nothing is lost
	must(t, db.PingContext(t.Context()))
	return db
}

func (f *Fleet) rootDSN(t testing.TB) string {
	t.Helper()
	if given := os.Getenv("FLEET_MYSQL"); given != "" {
		return given
	}
	// The private server's root comes by the socket alone, with the first
	// account's password.
	own, err := mysql.ParseDSN(f.Facts().Databases["user-service"])
	must(t, err)
	sockets, err := filepath.Glob(filepath.Join(f.Folder, "database", "*", "socket"))
	if err != nil || len(sockets) == 0 {
		t.Fatalf("the database's socket is not found below %s", f.Folder)
	}
	root := mysql.NewConfig()
	root.User, root.Passwd, root.Net, root.Addr = "root", own.Passwd, "unix", sockets[0]
	return root.FormatDSN()
}

// AwaitStore waits until a store takes connections again.
func (f *Fleet) AwaitStore(t testing.TB, store string) {
	t.Helper()
	address := f.Link(t, "order-service", store).store
	f.Eventually(t, func(ctx context.Context) error {
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, network(address), address)
		if err != nil {
			return err
		}
		return conn.Close()
	})
}
