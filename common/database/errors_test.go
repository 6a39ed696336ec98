package database_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/fault"
)

func numbered(number uint16) error { return &mysql.MySQLError{Number: number, Message: "x"} }

func TestOutagesAreUnavailable(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"bad connection": driver.ErrBadConn, "invalid connection": mysql.ErrInvalidConn, "connection done": sql.ErrConnDone,
		"a word too many": mysql.ErrBusyBuffer, "another's answer": mysql.ErrPktSync, "an answer too many": mysql.ErrPktSyncMul,
		"network": &net.OpError{Op: "dial", Err: io.EOF}, "deadline": context.DeadlineExceeded,
		"lock wait": numbered(1205), "deadlock": numbered(1213), "record changed": numbered(1020),
		"read-only server": numbered(1290), "read-only transaction": numbered(1792), "read-only mode": numbered(1836),
		"disk full": numbered(1021), "table full": numbered(1114), "write error": numbered(1026), "engine error": numbered(1030),
		"too many connections": numbered(1040), "shutdown": numbered(1053), "interrupted": numbered(1317), "killed": numbered(1927),
		"slow on MariaDB": numbered(1969), "slow on MySQL": numbered(3024),
	} {
		wrapped := database.Wrap(fmt.Errorf("save order: %w", err))
		f, ok := errors.AsType[*fault.Error](wrapped)
		if !ok || f.Code != fault.CodeUnavailable || f.RetryAfter == 0 || !errors.Is(wrapped, err) {
			t.Errorf("%s: Wrap = %v, want Unavailable with the cause", name, wrapped)
		}
	}
}

func TestOtherErrorsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		nil, context.Canceled, sql.ErrNoRows, io.EOF, numbered(1062), numbered(1064), numbered(1452), numbered(1146),
		fault.NotFoundf("order not found"), fmt.Errorf("ship: %w", fault.New(fault.CodeIllegalStatus, "no").Because(driver.ErrBadConn)),
	} {
		if got := database.Wrap(err); got != err { //nolint:errorlint // the same, not only equal
			t.Errorf("Wrap(%v) = %v", err, got)
		}
	}
}

func TestOnlyAUniqueKeyMakesADuplicate(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	const insert = "INSERT INTO things (thing_id, price, seen) VALUES (?,?,?)"
	thing := newID(t)
	if _, err := db.Exec(insert, thing, "1.00", time.Now()); database.IsDuplicate(err) || err != nil {
		t.Errorf("the first is refused: %v", err)
	}
	if _, err := db.Exec(insert, thing, "1.00", time.Now()); !database.IsDuplicate(fmt.Errorf("save thing: %w", err)) {
		t.Errorf("the second fails with %v, want a duplicate", err)
	}
	if _, err := db.Exec(insert, newID(t), "many", time.Now()); database.IsDuplicate(err) || err == nil {
		t.Errorf("a wrong value fails with %v, want no duplicate", err)
	}
}
