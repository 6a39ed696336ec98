package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// Quote is what an order must know of the offer it refers to.
type Quote struct {
	ClientID  id.ID
	ExpiresAt time.Time
	OrderID   id.ID // the order that has used it; zero until then
	Units     map[id.ID]int
}

// CheckQuote fails when the order cannot have the quote, with the same verdict
// as product-service will give; nil is a quote that does not exist.
func (o *Order) CheckQuote(q *Quote) error {
	switch {
	case q == nil || q.ClientID != o.ClientID:
		return fault.New(fault.CodeQuoteUnknown, "There is no quote %s of the client.", o.QuoteID)
	case !q.OrderID.IsZero():
		return fault.New(fault.CodeQuoteUsed, "Quote %s was used by another order.", o.QuoteID)
	case !o.CreatedAt.Before(q.ExpiresAt):
		return fault.New(fault.CodeQuoteExpired, "Quote %s has expired.", o.QuoteID)
	}
	for _, line := range o.Lines {
		if line.Purchased > q.Units[line.ProductID] {
			return fault.New(fault.CodeQuoteMismatch, "Quote %s offers %d units of product %s, %d are asked for.",
				o.QuoteID, q.Units[line.ProductID], line.ProductID, line.Purchased)
		}
	}
	return nil
}
