package entity

import (
	"fmt"
	"slices"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// The limits of a quote are those of an order.
const (
	MaxLines = 100
	MaxUnits = 10_000 // of one product
)

// Quote is a client's own offer: these prices, for one order that is placed
// before it expires. It holds no stock.
type Quote struct {
	ID        id.ID
	ClientID  id.ID
	Lines     []QuoteLine
	CreatedAt time.Time
	ExpiresAt time.Time
	OrderID   id.ID // the order that has used it; zero until then
}

// QuoteLine offers so many units of a product at a price each.
type QuoteLine struct {
	ProductID id.ID
	Name      string
	Quantity  int
	UnitPrice money.Amount
}

// Total is what all of the quote costs. Within the limits it cannot overflow.
func (q *Quote) Total() (total money.Amount) {
	for _, line := range q.Lines {
		total += line.UnitPrice * money.Amount(line.Quantity)
	}
	return total
}

// NewQuote offers what the shelf has for what a client wants, at the prices of
// this moment. It fails with every line that cannot be offered.
func NewQuote(quoteID, clientID id.ID, wants []Want, shelf Shelf, now time.Time, ttl time.Duration) (*Quote, error) {
	q := &Quote{ID: quoteID, ClientID: clientID, CreatedAt: now, ExpiresAt: now.Add(ttl)}
	broken := wantViolations(wants)
	for i, want := range wants {
		item, ok := shelf[want.ProductID]
		if !ok || item.Status != Active {
			broken.add(fmt.Sprintf("products[%d].id", i), "is no product that can be ordered")
			continue
		}
		price, _ := item.Prices.At(now)
		q.add(QuoteLine{ProductID: want.ProductID, Name: item.Name, Quantity: want.Units, UnitPrice: price.Amount})
	}
	if err := fault.InvalidAll(broken...).Err(); err != nil {
		return nil, err
	}
	return q, nil
}

// add offers a line; a product that is offered already gets more units.
func (q *Quote) add(line QuoteLine) {
	if same := q.line(line.ProductID); same != nil {
		same.Quantity += line.Quantity
		return
	}
	q.Lines = append(q.Lines, line)
}

func (q *Quote) line(productID id.ID) *QuoteLine {
	i := slices.IndexFunc(q.Lines, func(l QuoteLine) bool { return l.ProductID == productID })
	if i < 0 {
		return nil
	}
	return &q.Lines[i]
}

// wantViolations lists the rules that what a client wants breaks.
func wantViolations(wants []Want) violations {
	var broken violations
	if len(wants) == 0 || len(wants) > MaxLines {
		broken.add("products", "has not 1 to %d lines", MaxLines)
	}
	sums := map[id.ID]int{}
	for i, want := range wants {
		sums[want.ProductID] += want.Units
		switch {
		case want.Units < 1 || want.Units > MaxUnits:
			broken.add(fmt.Sprintf("products[%d].quantity", i), "is not between 1 and %d", MaxUnits)
		case sums[want.ProductID] > MaxUnits:
			broken.add(fmt.Sprintf("products[%d].quantity", i), "together with the lines before exceeds %d units of the product", MaxUnits)
		}
	}
	return broken
}

// refusal returns why an order cannot have the quote, empty if it can. A quote
// that does not exist is nil.
func (q *Quote) refusal(r Request) Reason {
	switch {
	case q == nil || q.ClientID != r.ClientID:
		return QuoteUnknown
	case !q.OrderID.IsZero() && q.OrderID != r.OrderID:
		return QuoteUsed
	case !r.PlacedAt.Before(q.ExpiresAt):
		return QuoteExpired
	}
	for _, want := range r.Wants {
		if line := q.line(want.ProductID); line == nil || line.Quantity < want.Units {
			return QuoteMismatch
		}
	}
	return ""
}

// charge puts the quoted prices on an order's lines.
func (q *Quote) charge(lines []Line) {
	for i := range lines {
		if offered := q.line(lines[i].ProductID); offered != nil {
			lines[i].UnitPrice = &offered.UnitPrice
		}
	}
}
