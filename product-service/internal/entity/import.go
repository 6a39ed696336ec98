package entity

import (
	"cmp"
	"errors"
	"slices"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// Row is one row of an import: a new product, or, with an id, what is to be
// different about one that is there. Quantity is what is on hand, as a stock-take
// finds it.
type Row struct {
	Number      int // from 1
	ID          id.ID
	Name        *string
	Description *string
	Price       *money.Amount
	Quantity    *int
	Wrong       []fault.Violation // what could not be read
}

// ImportReason is the reason of adjustments that an import makes.
const ImportReason = "IMPORT"

// Product makes the new product of a row. It fails with every rule that the row
// breaks.
func (r *Row) Product(by Edit) (*Product, error) {
	broken := violations(r.Wrong)
	var d Draft
	if r.lacks("name") {
		broken.add("name", "is missing")
	} else if r.Name != nil {
		d.Name = *r.Name
		broken.checkName(d.Name)
	}
	if r.lacks("price") {
		broken.add("price", "is missing")
	} else if r.Price != nil {
		d.Price = *r.Price
		broken.checkPrice(d.Price)
	}
	if r.Description != nil {
		d.Description = *r.Description
		broken.checkDescription(d.Description)
	}
	if r.Quantity != nil {
		d.Quantity = *r.Quantity
		broken.checkQuantity(d.Quantity)
	}
	if err := fault.InvalidAll(broken...).Err(); err != nil {
		return nil, err
	}
	return NewProduct(by.ID, d, by)
}

// lacks reports whether a field is missing of which nothing else is known to be
// wrong.
func (r *Row) lacks(field string) bool {
	there := map[string]bool{"name": r.Name != nil, "price": r.Price != nil}
	return !there[field] && !r.names(field) && !r.names("")
}

// names reports whether something is known to be wrong with a field.
func (r *Row) names(field string) bool {
	for _, v := range r.Wrong {
		if v.Location == field {
			return true
		}
	}
	return false
}

// Apply changes a product as the row says. It fails with every rule that the row
// breaks, and then nothing is different.
func (r *Row) Apply(p *Product, by Edit) error {
	before := *p
	change := Change{Name: r.Name, Description: r.Description, Price: r.Price}
	broken := append(violations(r.Wrong), change.Violations()...)
	if r.Quantity != nil {
		broken.checkQuantity(*r.Quantity)
	}
	if err := fault.InvalidAll(broken...).Err(); err != nil {
		return err
	}
	if err := p.Apply(change, by); err != nil {
		return err
	}
	if r.Quantity == nil || *r.Quantity == p.Stock.OnHand {
		return nil
	}
	if err := p.Adjust(Count{Quantity: r.Quantity, Reason: ImportReason}, by); err != nil {
		*p = before
		return err
	}
	return nil
}

// Importing says how an import is done.
type Importing struct {
	DryRun bool // nothing is kept
	Atomic bool // all rows are kept or none
}

// Report says what became of an import.
type Report struct {
	Rows    int
	Created int
	Updated int
	Failed  int
	Errors  []RowError
}

// RowError is a mistake at a place of an import.
type RowError struct {
	Row     int
	Field   string
	Message string
}

// Fail notes why a row is not taken.
func (r *Report) Fail(row int, err error) {
	r.Failed++
	found, ok := errors.AsType[*fault.Error](err)
	switch {
	case ok && len(found.Violations) > 0:
		for _, v := range found.Violations {
			r.Errors = append(r.Errors, RowError{row, v.Location, v.Message})
		}
	case ok && found.Code == fault.CodeStockBelowReserved:
		r.Errors = append(r.Errors, RowError{row, "quantity", found.Message})
	case ok:
		r.Errors = append(r.Errors, RowError{row, "id", found.Message})
	}
}

// Add adds what became of other rows.
func (r *Report) Add(other Report) {
	r.Created, r.Updated, r.Failed = r.Created+other.Created, r.Updated+other.Updated, r.Failed+other.Failed
	r.Errors = append(r.Errors, other.Errors...)
}

// Sort puts the mistakes in the order of the rows.
func (r *Report) Sort() {
	slices.SortStableFunc(r.Errors, func(a, b RowError) int { return cmp.Compare(a.Row, b.Row) })
}

// Refers reports whether the row was to name a product, also when what it names
// is no id.
func (r *Row) Refers() bool { return !r.ID.IsZero() || r.names("id") }
