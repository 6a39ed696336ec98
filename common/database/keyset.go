package database

import "github.com/oms-fleet/oms/common/page"

// After returns the condition that a row comes behind q.After when rows are
// sorted by column and then by id, both in q's direction, and its arguments.
// NULL sorts below every value, as MySQL does. "TRUE" for a first page.
func After(q page.Query, column, id string) (condition string, args []any) {
	if q.After == nil {
		return "TRUE", nil
	}
	than := " > ?"
	if q.Descending {
		than = " < ?"
	}
	if column == id {
		return id + than, []any{q.After.ID}
	}
	value := q.After.Value
	switch {
	case value == nil && q.Descending:
		return "(" + column + " IS NULL AND " + id + than + ")", []any{q.After.ID}
	case value == nil:
		return "(" + column + " IS NOT NULL OR " + id + than + ")", []any{q.After.ID}
	}
	condition = column + than + " OR (" + column + " = ? AND " + id + than + ")"
	if q.Descending {
		condition += " OR " + column + " IS NULL"
	}
	return "(" + condition + ")", []any{*value, *value, q.After.ID}
}

// OrderBy returns the matching order: "price DESC, product_id DESC".
func OrderBy(q page.Query, column, id string) string {
	direction := ""
	if q.Descending {
		direction = " DESC"
	}
	if column == id {
		return id + direction
	}
	return column + direction + ", " + id + direction
}
