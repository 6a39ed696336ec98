package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"

	"github.com/go-sql-driver/mysql"

	"github.com/oms-fleet/oms/common/fault"
)

// Server error numbers that mean something to us. They are the same on both
// servers; texts are not.
const (
	lockWaitTimeout  = 1205
	deadlock         = 1213
	recordChanged    = 1020 // MariaDB: a snapshot conflict
	duplicateEntry   = 1062
	tooManyConns     = 1040
	shutdown         = 1053
	readOnly         = 1290
	readOnlyMariaDB  = 1792
	diskFull         = 1021
	tableFull        = 1114
	killed           = 1927
	queryInterrupted = 1317
)

// IsDuplicate reports whether a unique key refused err's statement.
func IsDuplicate(err error) bool { return number(err) == duplicateEntry }

// lost reports whether the transaction lost against others and may run again.
func lost(err error) bool {
	switch number(err) {
	case lockWaitTimeout, deadlock, recordChanged:
		return true
	}
	return false
}

func number(err error) uint16 {
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return e.Number
	}
	return 0
}

// Wrap makes an outage of the database a failure of kind fault.Unavailable and
// leaves every other error as it is. InTx does it by itself; statements outside
// a transaction need it.
func Wrap(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if outage(err) {
		return fault.Unavailablef(err, "The database is away for now.")
	}
	return err
}

func outage(err error) bool {
	switch number(err) {
	case tooManyConns, shutdown, readOnly, readOnlyMariaDB, diskFull, tableFull, killed, queryInterrupted, lockWaitTimeout, deadlock, recordChanged:
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.DeadlineExceeded)
}
