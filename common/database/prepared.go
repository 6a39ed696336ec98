package database

import (
	"context"
	"database/sql/driver"
	"strings"
)

// preparedLimit bounds the statements that a connection keeps prepared.
const preparedLimit = 128

// fullConn is all that the driver's connections can do.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

// preparingConn prepares an INSERT when it comes a second time and keeps it: to
// parse the text of a hundred rows takes the server as long as to insert them
// into two indexes (measured). [Chunks] sees to it that texts come again.
type preparingConn struct {
	fullConn
	kept map[string]driver.StmtExecContext // nil for what came once
}

// ExecContext executes a statement, prepared if it may be.
func (c *preparingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if statement := c.statement(ctx, query, args); statement != nil {
		return statement.ExecContext(ctx, args)
	}
	return c.fullConn.ExecContext(ctx, query, args)
}

func (c *preparingConn) statement(ctx context.Context, query string, args []driver.NamedValue) driver.StmtExecContext {
	if len(args) == 0 || !strings.HasPrefix(strings.TrimLeft(query, "\n\t "), "INSERT") || strings.Contains(query, ";") {
		return nil // of several statements none can be prepared
	}
	kept, before := c.kept[query]
	switch {
	case kept != nil:
		return kept
	case !before:
		c.note(query, nil)
		return nil
	}
	statement, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil // executed as it is, it tells what is wrong
	}
	able, ok := statement.(driver.StmtExecContext)
	if !ok {
		statement.Close() //nolint:errcheck // nothing is lost
		return nil
	}
	c.note(query, able)
	return able
}

// note keeps a statement. When there are too many all others are forgotten: what
// is needed comes again.
func (c *preparingConn) note(query string, statement driver.StmtExecContext) {
	if len(c.kept) >= preparedLimit {
		for _, old := range c.kept {
			if closer, ok := old.(driver.Stmt); ok {
				closer.Close() //nolint:errcheck // the server forgets it with the connection
			}
		}
		clear(c.kept)
	}
	c.kept[query] = statement
}
