// Package migrations holds the history of the schema, one file a step.
package migrations

import "embed"

// Files are the steps, numbered SQL files of goose's form.
//
//go:embed *.sql
var Files embed.FS
