// Package database gives the fleet its SQL server: a private one that lives and
// dies with the fleet while its data stays, or one that was given.
package database

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/oms-fleet/oms/common/database/private"
	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// Config says what a private server is like.
type Config struct {
	Folder   string    // for its data, kept from run to run
	Log      string    // file, to people
	Output   io.Writer // takes its log
	Accounts []Account
	Settings []string // Durable or Fleeting
	Say      func(format string, args ...any)
}

// Durable makes every commit outlive a power cut.
func Durable() []string {
	return []string{"--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=128M", "--max-connections=400"}
}

// Fleeting is for tests: what is lost with the machine is not missed.
func Fleeting() []string {
	return []string{
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF", "--innodb-buffer-pool-size=256M", "--max-connections=1000",
	}
}

// Server is a SQL server with the accounts that were asked for.
type Server struct {
	network, address string
	accounts         map[string]Account // by schema
	child            *supervisor.Child  // nil when given
}

// Start starts a private server and waits until it answers, or until ctx ends.
func Start(ctx context.Context, s *supervisor.Supervisor, cfg Config) (*Server, error) {
	program, err := private.Find()
	if err != nil {
		return nil, err
	}
	data, err := prepare(ctx, program, cfg)
	if err != nil {
		return nil, err
	}
	where, err := freeport.Address()
	if err != nil {
		return nil, err
	}
	child, err := s.Start(cfg.program(program, data, where))
	if err != nil {
		return nil, err
	}
	server := &Server{child: child, accounts: bySchema(cfg.Accounts)}
	server.network, server.address = data.reach(where)
	if err := server.await(ctx, cfg.Accounts[0]); err != nil {
		child.Stop()
		return nil, err
	}
	child.Settle()
	return server, nil
}

func bySchema(accounts []Account) map[string]Account {
	found := make(map[string]Account, len(accounts))
	for _, account := range accounts {
		found[account.Schema] = account
	}
	return found
}

// await asks until the server answers. Accounts are made before it listens, so
// then all is there.
func (s *Server) await(ctx context.Context, account Account) error {
	options, err := mysql.ParseDSN(account.dsn(s.network, s.address))
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	options.Logger = &mysql.NopLogger{} // that it does not answer yet is no news
	connector, err := mysql.NewConnector(options)
	if err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	db := sql.OpenDB(connector)
	defer db.Close() //nolint:errcheck // nothing is lost
	for db.PingContext(ctx) != nil {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the database: %w", context.Cause(ctx))
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

// DSN is how the account of a schema reaches the server.
func (s *Server) DSN(schema string) string {
	return s.accounts[schema].dsn(s.network, s.address)
}

// PID is the server's process, 0 if it was given.
func (s *Server) PID() int {
	if s.child == nil {
		return 0
	}
	return s.child.PID()
}

// Stop stops a private server in good order and leaves a given one alone.
func (s *Server) Stop() { s.child.Stop() }
