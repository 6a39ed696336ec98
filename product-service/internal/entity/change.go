package entity

import (
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/money"
)

// Change is what an edit wants to be different; nil leaves a field as it is.
type Change struct {
	Name        *string
	Description *string
	Price       *money.Amount
	Status      *Status
	Threshold   *Threshold
}

// Threshold is when to tell that stock is low: Units or fewer available, or
// never while Units is nil.
type Threshold struct {
	Units *int
}

// Apply changes the product. It fails with every rule that the change breaks,
// and then nothing is different. A change to what is already so makes no new
// version.
func (p *Product) Apply(c Change, by Edit) error {
	if err := fault.InvalidAll(c.Violations()...).Err(); err != nil {
		return err
	}
	p.Advance(by.At)
	changed := set(&p.Name, c.Name)
	changed = set(&p.Description, c.Description) || changed
	changed = set(&p.Status, c.Status) || changed
	if c.Price != nil && *c.Price != p.Price {
		p.reprice(*c.Price, by)
		changed = true
	}
	if c.Threshold != nil && !p.Stock.hasThreshold(c.Threshold.Units) {
		p.Stock.Threshold = c.Threshold.Units
		p.tellStock(by)
		changed = true
	}
	if changed {
		p.touch(by)
	}
	return nil
}

// Violations lists the rules that the change breaks, by the fields' names in JSON.
func (c Change) Violations() []fault.Violation {
	var broken violations
	if c.Name != nil {
		broken.checkName(*c.Name)
	}
	if c.Description != nil {
		broken.checkDescription(*c.Description)
	}
	if c.Price != nil {
		broken.checkPrice(*c.Price)
	}
	if c.Status != nil && *c.Status != Active && *c.Status != Archived {
		broken.add("status", "is neither ACTIVE nor ARCHIVED")
	}
	if c.Threshold != nil && c.Threshold.Units != nil {
		broken.checkThreshold(*c.Threshold.Units)
	}
	return broken
}

// set stores what is wanted and reports whether that made a difference.
func set[T comparable](field, want *T) bool {
	if want == nil || *field == *want {
		return false
	}
	*field = *want
	return true
}

func (p *Product) touch(by Edit) {
	p.Version++
	p.UpdatedAt = by.At
}

// reprice makes price the one in effect from now on. It never begins before the
// one that it follows, even when the clocks of two replicas disagree.
func (p *Product) reprice(price money.Amount, by Edit) {
	from := by.At
	if !from.After(p.PriceFrom) {
		from = p.PriceFrom.Add(shortest)
	}
	event := PriceChanged{ProductID: p.ID, Price: price, From: from, At: by.At}
	if !p.PriceFrom.IsZero() {
		previous := p.Price
		event.Previous = &previous
	}
	p.Prices = p.Prices.Set(Price{Amount: price, From: from, Actor: by.Actor})
	p.Price, p.PriceFrom = price, from
	p.Events = append(p.Events, event)
}

// Basis is the version of a product that somebody bases a change on: it fails
// when the product is another one by now. nil is any version.
type Basis func(*Product) error

// Check fails when p is not what the change is based on.
func (b Basis) Check(p *Product) error {
	if b == nil {
		return nil
	}
	return b(p)
}
