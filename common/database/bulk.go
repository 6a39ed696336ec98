package database

import "strings"

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
// statement of so many columns, and stops at the first failure.
func Chunks(rows, columns int, do func(from, to int) error) error {
	step := maxPlaceholders / columns
	for from := 0; from < rows; from += step {
		if err := do(from, min(from+step, rows)); err != nil {
			return err
		}
	}
	return nil
}
