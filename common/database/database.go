// Package database opens MySQL or MariaDB the way every service needs it, runs
// transactions with bounded retries, applies migrations, and tells an outage
// from a mistake. All SQL of the fleet runs unchanged on MySQL 8.4+ and MariaDB
// 10.11+.
package database

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/config"
)

// Config says which database to use.
type Config struct {
	DSN         config.Secret `envconfig:"DB_DSN" required:"true" desc:"the service's own schema, as go-sql-driver/mysql writes it: user:password@tcp(host:port)/schema"`
	Connections int           `envconfig:"DB_CONNECTIONS" default:"16" min:"2" max:"1000" desc:"connections to the database at most"`
	Patience    time.Duration `envconfig:"DB_PATIENCE" default:"2m" min:"1s" desc:"how long to wait at start for a database that is not there yet"`
}

// Open connects to the database and waits until it answers, at most
// cfg.Patience; log hears what it waits for. The caller closes it.
func Open(ctx context.Context, cfg Config, log *slog.Logger) (*sqlx.DB, error) {
	options, err := mysql.ParseDSN(cfg.DSN.Reveal())
	if err != nil {
		return nil, fmt.Errorf("DB_DSN is not of the form user:password@tcp(host:port)/schema") //nolint:err113 // the cause would print the password
	}
	harden(options)
	connector, err := newConnector(options, readCommitted, statementLimit, silenceLimit)
	if err != nil {
		return nil, err
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "mysql")
	db.SetMaxOpenConns(cfg.Connections)
	db.SetMaxIdleConns(cfg.Connections)
	db.SetConnMaxIdleTime(idleLimit)
	ping := func() (struct{}, error) { return struct{}{}, db.PingContext(ctx) }
	if _, err := backoff.Retry(ctx, ping,
		backoff.WithBackOff(&backoff.ExponentialBackOff{InitialInterval: 50 * time.Millisecond, Multiplier: 1.5, MaxInterval: time.Second}),
		backoff.WithMaxElapsedTime(cfg.Patience),
		backoff.WithNotify(tellOnce(log.With("address", options.Addr)))); err != nil {
		db.Close() //nolint:errcheck // the ping's failure is the one to tell
		return nil, fmt.Errorf("reach the database at %s: %w", options.Addr, err)
	}
	return db, nil
}

// tellOnce returns what logs a failure when it is another than the one before.
func tellOnce(log *slog.Logger) backoff.Notify {
	last := ""
	return func(err error, _ time.Duration) {
		if err.Error() != last {
			last = err.Error()
			log.Warn("Waiting for the database.", "error", err)
		}
	}
}

// harden sets what correctness and speed need, whatever the DSN says.
func harden(options *mysql.Config) {
	options.ParseTime = true
	options.Loc = time.UTC
	options.ClientFoundRows = true      // an UPDATE tells rows found, not rows changed
	options.InterpolateParams = true    // one round trip a statement instead of two
	options.MultiStatements = true      // one for all of a transaction's last statements (Tx)
	options.RejectReadOnly = true       // after a fail-over, leave the old primary
	options.Logger = &mysql.NopLogger{} // failures come back as errors; edges log them
	options.Collation = "utf8mb4_bin"
	options.Timeout = 5 * time.Second
	options.ReadTimeout = 30 * time.Second
	options.WriteTimeout = 30 * time.Second
	if options.Params == nil {
		options.Params = map[string]string{}
	}
	options.Params["time_zone"] = "'+00:00'"
	options.Params["innodb_lock_wait_timeout"] = "5"
	// Longer fractions than the columns' turned an index range into a full scan
	// on MariaDB (measured).
	_ = options.Apply(mysql.TimeTruncate(time.Microsecond))
}
