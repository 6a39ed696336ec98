package repository

import (
	"context"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
)

// insert adds rows with as few statements as the protocol allows. into is the
// statement up to VALUES, after what follows the rows; values appends the values
// of one row, always as many.
func insert[T any](ctx context.Context, tx *database.Tx, into string, rows []T, values func(to []any, row T) []any, after string) error {
	if len(rows) == 0 {
		return nil
	}
	columns := len(values(nil, rows[0]))
	return database.Chunks(len(rows), columns, func(from, to int) error {
		args := make([]any, 0, (to-from)*columns)
		for _, row := range rows[from:to] {
			args = values(args, row)
		}
		return tx.ExecLater(ctx, into+database.Values(to-from, columns)+after, args...)
	})
}

// anys makes arguments of ids.
func anys(ids []id.ID) []any {
	args := make([]any, len(ids))
	for i, v := range ids {
		args[i] = v[:]
	}
	return args
}

// nullable makes an argument that is NULL for an empty text.
func nullable[S ~string](text S) any {
	if text == "" {
		return nil
	}
	return string(text)
}
