package entity

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/plain"
)

// The limits of an order.
const (
	MaxLines    = 100
	MaxQuantity = 10_000 // units of one product
	MaxAddress  = 500    // characters
)

// Draft is an order as somebody asks for it.
type Draft struct {
	ClientID   id.ID
	ClientName string
	Address    string
	Fulfilment Fulfilment // empty: Partial
	QuoteID    id.ID
	Lines      []Line // ProductID and Purchased
}

// normalise trims the address and adds up lines of the same product, in the
// order of their first mention. It fails with every rule that the draft breaks.
func (d Draft) normalise() (Draft, error) {
	var wrong []fault.Violation
	complain := func(place, format string, args ...any) {
		wrong = append(wrong, fault.Violation{Location: place, Message: fmt.Sprintf(format, args...)})
	}
	if d.Address = strings.TrimSpace(d.Address); d.Address == "" || utf8.RuneCountInString(d.Address) > MaxAddress {
		complain("body.address", "must have 1 to %d characters", MaxAddress)
	}
	if !plain.Text(d.Address) {
		complain("body.address", "holds a control character")
	}
	if d.Fulfilment == "" {
		d.Fulfilment = Partial
	}
	if d.Fulfilment != Partial && d.Fulfilment != AllOrNothing {
		complain("body.fulfilment", "is neither %s nor %s", Partial, AllOrNothing)
	}
	if len(d.Lines) == 0 || len(d.Lines) > MaxLines {
		complain("body.products", "must have 1 to %d lines", MaxLines)
	}
	for i, line := range d.Lines {
		if line.ProductID.IsZero() {
			complain(fmt.Sprintf("body.products[%d].id", i), "is required")
		}
		if line.Purchased < 1 || line.Purchased > MaxQuantity {
			complain(fmt.Sprintf("body.products[%d].quantity", i), "must be from 1 to %d", MaxQuantity)
		}
	}
	sums, tooMany := AddUp(d.Lines)
	d.Lines = sums
	return d, fault.InvalidAll(append(wrong, tooMany...)...).Err()
}

// AddUp makes one line of all lines of a product, in the order of their first
// mention, and tells which lines bring a product above MaxQuantity. Lines with a
// quantity that is wrong by itself count for nothing.
func AddUp(lines []Line) (sums []Line, tooMany []fault.Violation) {
	place := make(map[id.ID]int, len(lines))
	for i, line := range lines {
		if line.Purchased < 1 || line.Purchased > MaxQuantity {
			continue
		}
		at, repeated := place[line.ProductID]
		if !repeated {
			place[line.ProductID] = len(sums)
			sums = append(sums, Line{ProductID: line.ProductID, Purchased: line.Purchased})
			continue
		}
		if sums[at].Purchased += line.Purchased; sums[at].Purchased > MaxQuantity {
			tooMany = append(tooMany, fault.Violation{
				Location: fmt.Sprintf("body.products[%d].quantity", i),
				Message:  fmt.Sprintf("together with the lines before exceeds %d units of the product", MaxQuantity),
			})
		}
	}
	return sums, tooMany
}

// Place makes a new order of a draft. Its moment is that of the order's id. It
// fails with kind fault.Invalid and every rule that the draft breaks.
func Place(orderID id.ID, d Draft, cause Cause) (*Order, error) {
	d, err := d.normalise()
	if err != nil {
		return nil, err
	}
	now := orderID.Time()
	o := &Order{
		ID: orderID, ClientID: d.ClientID, ClientName: d.ClientName, Address: d.Address,
		Fulfilment: d.Fulfilment, QuoteID: d.QuoteID, Lines: d.Lines, CreatedAt: now,
	}
	return o, o.moveTo(New, cause, now)
}
