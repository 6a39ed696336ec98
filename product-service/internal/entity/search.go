package entity

import (
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
)

// Search says which products are wanted; a nil bound is none.
type Search struct {
	Text     string // every word of it begins a word of the name or description
	InStock  *bool
	MinPrice *money.Amount
	MaxPrice *money.Amount
	Status   Status
	Page     page.Query // sorted by one of the Sort names
}

// Fits tells whether a product is as wanted, but for the words.
func (s Search) Fits(p *Product) bool {
	return p.Status == s.Status && (s.InStock == nil || *s.InStock == (p.Stock.Available() > 0)) &&
		(s.MinPrice == nil || p.Price >= *s.MinPrice) && (s.MaxPrice == nil || p.Price <= *s.MaxPrice)
}

// The names that a search may be sorted by.
const (
	SortName      = "name"
	SortPrice     = "price"
	SortQuantity  = "quantity"
	SortCreatedAt = "createdAt"
)
