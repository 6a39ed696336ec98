package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// Event is something others may want to hear of: PriceChanged or StockLow.
type Event interface{ event() }

// PriceChanged says that a price took effect.
type PriceChanged struct {
	ProductID id.ID
	Price     money.Amount
	Previous  *money.Amount // nil for a product's first price
	From      time.Time
	At        time.Time
}

// StockLow says that no more than a product's threshold is available.
type StockLow struct {
	ProductID id.ID
	Available int
	Threshold int
	At        time.Time
}

func (PriceChanged) event() {}
func (StockLow) event()     {}

// lowStock tells of a stock whose threshold is set.
func lowStock(productID id.ID, s Stock, at time.Time) StockLow {
	return StockLow{ProductID: productID, Available: s.Available(), Threshold: *s.Threshold, At: at}
}
