package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Tx is a transaction, for one goroutine. It saves round trips, which at a
// thousand small transactions a second are most of what these cost: it begins in
// the message of its first query, and what is put off goes out in one message with
// the commit.
//
// The only question marks in a text are its placeholders, and it has no semicolon.
type Tx struct {
	conn  *sqlx.Conn
	begun bool // as far as the server knows

	texts []string // of statements that are put off
	args  []any    // of all of them
	bytes int      // about as many, of args
}

// Queryer is what rows are read from: a database or a [Tx].
type Queryer interface {
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
	GetContext(ctx context.Context, dest any, query string, args ...any) error
}

// So much is put off at most. A larger INSERT is worth being kept prepared (see
// preparingConn), and a round trip matters little to it.
const (
	putOffArgs  = 256
	putOffBytes = 32 << 10
)

const begin = "START TRANSACTION"

// ExecContext executes a statement.
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := t.send(ctx); err != nil {
		return nil, err
	}
	if !t.begun {
		t.begun = true
		if _, err := t.conn.ExecContext(ctx, begin); err != nil {
			return nil, err
		}
	}
	return t.conn.ExecContext(ctx, query, args...)
}

// ExecLater executes a statement whose result nobody needs. A small one waits for
// the next statement or the commit, whose failure then is this one's too.
func (t *Tx) ExecLater(ctx context.Context, query string, args ...any) error {
	bytes := 0
	for _, arg := range args {
		bytes += sizeOf(arg)
	}
	if len(args) > putOffArgs || bytes > putOffBytes {
		_, err := t.ExecContext(ctx, query, args...)
		return err
	}
	if t.bytes+bytes > putOffBytes {
		if err := t.send(ctx); err != nil {
			return err
		}
	}
	t.texts, t.args, t.bytes = append(t.texts, query), append(t.args, args...), t.bytes+bytes
	return nil
}

func sizeOf(arg any) int {
	switch value := arg.(type) {
	case []byte:
		return len(value)
	case string:
		return len(value)
	}
	return 16 // an id has as many
}

// QueryContext asks for rows. The caller closes them before anything else.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query, err := t.ask(ctx, query)
	if err != nil {
		return nil, err
	}
	return t.conn.QueryContext(ctx, query, args...)
}

// SelectContext reads all rows into dest, as [sqlx.Conn.SelectContext] does.
func (t *Tx) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	query, err := t.ask(ctx, query)
	if err != nil {
		return err
	}
	return t.conn.SelectContext(ctx, dest, query, args...)
}

// GetContext reads one row into dest, as [sqlx.Conn.GetContext] does.
func (t *Tx) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	query, err := t.ask(ctx, query)
	if err != nil {
		return err
	}
	return t.conn.GetContext(ctx, dest, query, args...)
}

// ask sends what must come before a query and returns its text.
func (t *Tx) ask(ctx context.Context, query string) (string, error) {
	if err := t.send(ctx); err != nil {
		return "", err
	}
	return t.opening(query), nil
}

// opening returns a text that begins the transaction unless that has been done.
func (t *Tx) opening(text string) string {
	if t.begun {
		return text
	}
	t.begun = true
	return begin + ";" + text
}

// send executes what is put off, in one message.
func (t *Tx) send(ctx context.Context) error {
	if len(t.texts) == 0 {
		return nil
	}
	text, args := strings.Join(t.texts, ";"), t.args
	t.texts, t.args, t.bytes = nil, nil, 0
	_, err := t.conn.ExecContext(ctx, t.opening(text), args...)
	return err
}

// commit commits, with what is put off.
func (t *Tx) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	switch {
	case len(t.texts) > 0: // they may wait for locks
	case t.begun:
		ctx = context.WithoutCancel(ctx) // all that is left is to hear whether it is done
	default:
		return nil
	}
	t.texts = append(t.texts, "COMMIT")
	if err := t.send(ctx); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	t.begun = false
	return nil
}

// end gives the connection back, after a rollback of what is not committed.
func (t *Tx) end(ctx context.Context) {
	defer t.conn.Close() //nolint:errcheck // the pool's matter
	if !t.begun {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := t.conn.ExecContext(ctx, "ROLLBACK"); err != nil {
		// Whoever gets the connection next must not find a transaction: it is not used again.
		t.conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // it returns what it is given
	}
}
