package database_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
)

// line is one connection to a fresh database.
func line(t *testing.T) *sqlx.Conn {
	t.Helper()
	conn, err := databasetest.New(t, one).Connx(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestManyRowsGoInByAFewPreparedStatements(t *testing.T) {
	t.Parallel()
	const rows, columns = 25_000, 3
	conn := line(t)
	before := session(t, conn, "Com_stmt_prepare")
	now := time.Now()
	err := database.Chunks(rows, columns, func(from, to int) error {
		var args []any
		for range to - from {
			args = append(args, newID(t), "1.00", now)
		}
		_, err := conn.ExecContext(t.Context(), "INSERT INTO things (thing_id, price, seen) VALUES "+database.Values(to-from, columns), args...)
		return err
	})
	var got int
	if err := errors.Join(err, conn.GetContext(t.Context(), &got, "SELECT COUNT(*) FROM things")); err != nil || got != rows {
		t.Errorf("%d rows, %v; want %d", got, err, rows)
	}
	if n := session(t, conn, "Com_stmt_prepare") - before; n != 1 {
		t.Errorf("%d statements were prepared, want 1: the one that came again", n)
	}
}

func TestPreparedInsertTakesOtherValuesAndFailsAsAnyOther(t *testing.T) {
	t.Parallel()
	conn := line(t)
	const query = "INSERT INTO things (thing_id, price, seen) VALUES (?,?,?)"
	thing := newID(t)
	for _, args := range [][]any{{newID(t), "1.00", time.Now()}, {newID(t), 2, "2026-01-02 03:04:05"}, {newID(t), 3.5, time.Now()}, {thing, []byte("4.00"), time.Now()}} {
		if _, err := conn.ExecContext(t.Context(), query, args...); err != nil {
			t.Errorf("insert %v: %v", args, err)
		}
	}
	if _, err := conn.ExecContext(t.Context(), query, thing, 1, time.Now()); !database.IsDuplicate(err) {
		t.Errorf("inserting a row again = %v, want a duplicate", err)
	}
	var sum string
	if err := conn.GetContext(t.Context(), &sum, "SELECT SUM(price) FROM things"); err != nil || sum != "10.50" {
		t.Errorf("the sum of the prices is %s, %v; want 10.50", sum, err)
	}
}

func TestConnectionKeepsFewStatements(t *testing.T) {
	t.Parallel()
	conn := line(t)
	for i := range 300 {
		for range 2 {
			query := fmt.Sprintf("INSERT INTO things (thing_id, price, seen) VALUES (?,?,?) /* %d */", i)
			if _, err := conn.ExecContext(t.Context(), query, newID(t), 1, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if open := session(t, conn, "Com_stmt_prepare") - session(t, conn, "Com_stmt_close"); open > 128 {
		t.Errorf("%d statements are kept, want 128 at most", open)
	}
}

// session returns a counter of the connection's session.
func session(t *testing.T, conn *sqlx.Conn, name string) (n int) {
	t.Helper()
	var ignored string
	if err := conn.QueryRowContext(t.Context(), "SHOW SESSION STATUS LIKE '"+name+"'").Scan(&ignored, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
