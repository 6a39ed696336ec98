package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// Initial is the reason of a product's first adjustment.
const Initial = "INITIAL"

// Adjustment is a change of the stock on hand that a person made.
type Adjustment struct {
	ID     id.ID
	Delta  int
	Reason string
	Actor  string
	OnHand int // the balance after it
	At     time.Time
}

// Count is what an adjustment asks for: either a difference to what is on hand,
// or, from a stock-take, what is on hand.
type Count struct {
	Delta    *int
	Quantity *int
	Reason   string
}

// Adjust changes the stock on hand. It fails with every rule that the count
// breaks, and with STOCK_BELOW_RESERVED when orders have reserved more than
// would be left; then nothing is different. A stock-take that finds what was
// expected is kept as well.
func (p *Product) Adjust(c Count, by Edit) error {
	if err := fault.InvalidAll(c.Violations()...).Err(); err != nil {
		return err
	}
	delta := 0
	if c.Delta != nil {
		delta = *c.Delta
	} else {
		delta = *c.Quantity - p.Stock.OnHand
	}
	switch onHand := p.Stock.OnHand + delta; {
	case onHand < p.Stock.Reserved:
		return fault.New(fault.CodeStockBelowReserved, "Orders have reserved %d of the %d on hand; %d is not enough.",
			p.Stock.Reserved, p.Stock.OnHand, onHand)
	case onHand > MaxStock:
		return fault.InvalidAt("delta", "leads to %d on hand, at most %d are allowed", onHand, MaxStock)
	}
	p.Advance(by.At)
	p.adjust(delta, c.Reason, by)
	p.touch(by)
	return nil
}

func (p *Product) adjust(delta int, reason string, by Edit) {
	p.Stock.OnHand += delta
	p.Adjustments = append(p.Adjustments, Adjustment{
		ID: by.ID, Delta: delta, Reason: reason, Actor: by.Actor, OnHand: p.Stock.OnHand, At: by.At,
	})
	p.tellStock(by)
}

// Violations lists the rules that the count breaks, by the fields' names in JSON.
func (c Count) Violations() []fault.Violation {
	var broken violations
	broken.checkLine("reason", c.Reason, MaxReason)
	switch {
	case (c.Delta == nil) == (c.Quantity == nil):
		broken.add("delta", "give either delta or quantity")
	case c.Quantity != nil:
		broken.checkQuantity(*c.Quantity)
	case *c.Delta == 0 || *c.Delta < -MaxStock || *c.Delta > MaxStock:
		broken.add("delta", "is 0 or beyond ±%d", MaxStock)
	}
	return broken
}

func (p *Product) tellStock(by Edit) {
	if p.Stock.crossesLow() {
		p.Events = append(p.Events, lowStock(p.ID, p.Stock, by.At))
	}
}
