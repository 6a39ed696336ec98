package database

import (
	"math/bits"
	"strings"
)

// maxPlaceholders is the protocol's limit of parameters in a statement.
const maxPlaceholders = 65_535

// Values returns "(?,?),(?,?)" for so many rows of so many columns, to build one
// INSERT for all of them.
func Values(rows, columns int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", columns), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(row+",", rows), ",")
}

// In returns "(?,?,?)" for n values, at least one: no SQL says "in nothing".
func In(n int) string { return Values(1, n) }

// Chunks calls do for 0 ≤ from < to ≤ rows such that each part fits into one
// statement of so many columns, and stops at the first failure. Parts have one of
// a few sizes, so that the same texts come again and again and can be kept
// prepared.
func Chunks(rows, columns int, do func(from, to int) error) error {
	for from := 0; from < rows; {
		to := from + chunk(min(rows-from, maxPlaceholders/columns))
		if err := do(from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// chunk is the size of the next part of so many rows: all of few, so that a small
// batch waits for few round trips (at 1 000 orders a second they are of about
// fifteen), else a power of two. Larger statements gain nothing.
func chunk(rows int) int {
	const few, most = 16, 128
	if rows <= few {
		return rows
	}
	return min(1<<(bits.Len(uint(rows))-1), most) // #nosec G115 -- not negative
}
