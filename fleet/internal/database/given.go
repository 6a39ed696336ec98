package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"
)

// Given makes the accounts on a server that somebody else runs, as the user of
// dsn. One who may not make users is used for all the schemas instead.
func Given(ctx context.Context, dsn string, accounts []Account) (*Server, error) {
	options, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("FLEET_MYSQL is not of the form user:password@tcp(host:port)/") // the cause could print the password
	}
	server := &Server{network: options.Net, address: options.Addr, accounts: bySchema(accounts)}
	options.DBName = ""
	db, err := sql.Open("mysql", options.FormatDSN())
	if err != nil {
		return nil, fmt.Errorf("FLEET_MYSQL: %w", err)
	}
	defer db.Close() //nolint:errcheck // nothing is lost
	for _, account := range accounts {
		err := execute(ctx, db, account.statements("%"))
		if denied(err) {
			err = execute(ctx, db, []string{account.schema()})
			server.accounts[account.Schema] = Account{User: options.User, Password: options.Passwd, Schema: account.Schema}
		}
		if err != nil {
			return nil, fmt.Errorf("FLEET_MYSQL: make %s: %w", account.Schema, err)
		}
	}
	return server, nil
}

func execute(ctx context.Context, db *sql.DB, statements []string) error {
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// denied reports that the server refused a statement to this user.
func denied(err error) bool {
	refused, ok := errors.AsType[*mysql.MySQLError](err)
	return ok && (refused.Number == 1044 || refused.Number == 1142 || refused.Number == 1227 || refused.Number == 1410)
}
