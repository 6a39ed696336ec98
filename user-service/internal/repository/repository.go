// Package repository keeps accounts and signing keys in MySQL, sessions and
// login failures in Redis. Every method is a transaction or a script of its
// own; none leaves the package half done. A store that is away makes a failure
// of kind fault.Unavailable.
package repository

import (
	"embed"
	"io/fs"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the schema of user_db as goose reads it.
func Migrations() fs.FS {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		return files // cannot be: the folder is embedded above
	}
	return sub
}
