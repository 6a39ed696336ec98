package database

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// readCommitted opens connections with isolation READ COMMITTED. It is a
// statement of its own because the two servers name the session variable
// differently.
type readCommitted struct {
	driver.Connector
}

// Connect opens a connection.
func (c readCommitted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	const statement = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
	if _, err := conn.(driver.ExecerContext).ExecContext(ctx, statement, nil); err != nil {
		conn.Close() //nolint:errcheck // the statement's failure is the one to tell
		return nil, fmt.Errorf("set the isolation level: %w", err)
	}
	return conn, nil
}
