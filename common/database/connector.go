package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
)

// The two servers name the variables of a session differently: each reads one
// of the comments.
//
// A statement goes on when its client has given up, so it has a limit of its own
// (milliseconds in MySQL, where it holds for reads alone). A process that was
// stopped in the middle of a transaction keeps its locks, and whoever takes over
// its work would wait for it: the server ends what says nothing for 4 s. MySQL
// knows no such limit for transactions, only for connections as a whole, which
// therefore must not idle as long as that.
const (
	readCommitted  = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
	statementLimit = "SET /*M! SESSION max_statement_time=30 */ /*!80000 SESSION max_execution_time=30000 */"
	silenceLimit   = "SET /*M! SESSION idle_transaction_timeout=4 */ /*!80000 SESSION wait_timeout=4 */"
	idleLimit      = time.Second // looked at once a second
)

// connector opens connections and prepares each with statements.
type connector struct {
	driver.Connector
	options    *mysql.Config
	statements []string
}

func newConnector(options *mysql.Config, statements ...string) (driver.Connector, error) {
	inner, err := mysql.NewConnector(options)
	if err != nil {
		return nil, fmt.Errorf("prepare connections: %w", err)
	}
	return connector{Connector: inner, options: options, statements: statements}, nil
}

// Connect opens a connection.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	for _, statement := range c.statements {
		if _, err := conn.(driver.ExecerContext).ExecContext(ctx, statement, nil); err != nil {
			conn.Close() //nolint:errcheck // the statement's failure is the one to tell
			return nil, fmt.Errorf("prepare a connection: %w", err)
		}
	}
	if full, ok := conn.(fullConn); ok {
		return &preparingConn{fullConn: full, kept: map[string]driver.StmtExecContext{}}, nil
	}
	return conn, nil
}

// Driver returns the driver, which remembers how the database was reached.
func (c connector) Driver() driver.Driver {
	return reachedBy{Driver: c.Connector.Driver(), options: c.options}
}

type reachedBy struct {
	driver.Driver
	options *mysql.Config
}

// Unhurried returns connections to db's database without time limits: changing a
// large table, or going through all of it, takes as long as it takes. The caller
// closes them.
func Unhurried(db *sqlx.DB) (*sqlx.DB, error) {
	reached, ok := db.Driver().(reachedBy)
	if !ok {
		return nil, fmt.Errorf("the database was not opened by this package but by %T", db.Driver())
	}
	options := reached.options.Clone()
	options.ReadTimeout, options.WriteTimeout = 0, 0
	connector, err := newConnector(options, readCommitted)
	if err != nil {
		return nil, err
	}
	return sqlx.NewDb(sql.OpenDB(connector), "mysql"), nil
}
