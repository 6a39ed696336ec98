package database

import (
	"fmt"

	"github.com/go-sql-driver/mysql"
)

// Account is a user of the server. It has all rights on one schema, which is
// made for it, or on all if none is named.
type Account struct {
	User     string
	Password string // of letters, digits and marks that need no quoting
	Schema   string
}

// statements make the account, or give it this password if it is there. They
// may be repeated. host is where it may connect from.
func (a Account) statements(host string) []string {
	user := fmt.Sprintf("'%s'@'%s'", a.User, host)
	made := []string{
		fmt.Sprintf("CREATE USER IF NOT EXISTS %s IDENTIFIED BY '%s'", user, a.Password),
		fmt.Sprintf("ALTER USER %s IDENTIFIED BY '%s'", user, a.Password),
	}
	if a.Schema == "" {
		return append(made, "GRANT ALL PRIVILEGES ON *.* TO "+user+" WITH GRANT OPTION")
	}
	return append(made, a.schema(), fmt.Sprintf("GRANT ALL PRIVILEGES ON `%s`.* TO %s", a.Schema, user))
}

// schema makes the account's schema alone.
func (a Account) schema() string {
	return fmt.Sprintf("CREATE DATABASE IF NOT EXISTS `%s` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", a.Schema)
}

// dsn is how the account reaches the server, in the driver's form.
func (a Account) dsn(network, address string) string {
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName, c.Net, c.Addr = a.User, a.Password, a.Schema, network, address
	return c.FormatDSN()
}
