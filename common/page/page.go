// Package page holds what keyset paging needs between the layers: a query asks
// for so many rows after a key in some order, a page holds them and the key of
// its last row. Rows written meanwhile never shift a page.
package page

import "github.com/oms-fleet/oms/common/id"

// Query asks for a page.
type Query struct {
	Limit      int    // rows at most, at least 1
	By         string // the field to sort by, in the API's words
	Descending bool
	After      *Key // nil for the first page
}

// Key is the place of a row in the order: the value it is sorted by, nil where
// that is null, and its id, which tells equal ones apart.
type Key struct {
	Value *string
	ID    id.ID
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	Next  *Key // of the last item; nil on the last page
}

// Cut makes a page of rows, which were asked for with one more than the limit:
// if that one came, there is a next page.
func Cut[T any](rows []T, limit int, key func(T) Key) Page[T] {
	if len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	last := key(rows[limit-1])
	return Page[T]{Items: rows[:limit], Next: &last}
}
