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
// servers where nothing else is said; texts are not.
const (
	duplicateEntry = 1062

	lockWaitTimeout = 1205
	deadlock        = 1213
	recordChanged   = 1020 // MariaDB: a snapshot conflict
)

// outages are the numbers by which a server says that it cannot serve now.
var outages = map[uint16]string{
	1021: "disk full", 1026: "error on write", 1030: "error of the storage engine", 1114: "table full",
	1290: "read-only server", 1792: "read-only transaction", 1836: "read-only mode",
	1037: "out of memory", 1041: "out of memory", 1040: "too many connections", 1203: "too many connections of the user",
	1053: "shutdown", 1317: "query interrupted", 1927: "connection killed (MariaDB)", 4031: "inactive for too long (MySQL)",
	1969: "statement took too long (MariaDB)", 3024: "statement took too long (MySQL)",
	lockWaitTimeout: "lock wait", deadlock: "deadlock", recordChanged: "record changed",
}

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
	if outages[number(err)] != "" {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	// MySQL says a word more before it closes a connection for its silence. Where
	// the driver has read that along with an answer, the next statement is not sent.
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, mysql.ErrBusyBuffer) ||
		errors.Is(err, mysql.ErrPktSync) || errors.Is(err, mysql.ErrPktSyncMul) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.DeadlineExceeded)
}
