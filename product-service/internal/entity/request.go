package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/id"
)

// Request asks to reserve the products of an order.
type Request struct {
	OrderID      id.ID
	ClientID     id.ID  // zero when unknown
	QuoteID      id.ID  // zero without a quote
	Key          string // idempotency key, kept with the reservation
	PlacedAt     time.Time
	AllOrNothing bool
	Wants        []Want // each product once
}

// Want is so many units of a product.
type Want struct {
	ProductID id.ID
	Units     int
}

// AddUp returns wants with each product once, where it first stood.
func AddUp(wants []Want) []Want {
	place := make(map[id.ID]int, len(wants))
	sums := make([]Want, 0, len(wants))
	for _, w := range wants {
		i, known := place[w.ProductID]
		if !known {
			place[w.ProductID] = len(sums)
			sums = append(sums, w)
			continue
		}
		sums[i].Units += w.Units
	}
	return sums
}
