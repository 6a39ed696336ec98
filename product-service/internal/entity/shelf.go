package entity

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// Item is what a reservation needs to know of a product. Prices holds at least
// the price in effect at each moment that is asked for.
type Item struct {
	ProductID id.ID
	Name      string
	Image     ImageHash
	Shown     bool // an order shows the image
	Status    Status
	Prices    Timeline
	Stock     Stock

	before Stock
}

// Shelf holds the items that a batch of commands is about, by product. What is
// not on it does not exist.
type Shelf map[id.ID]*Item

// Put adds an item as it is in the warehouse.
func (s Shelf) Put(item *Item) {
	item.before = item.Stock
	s[item.ProductID] = item
}

// Changed returns the items whose stock differs from when they were put, in the
// order of their ids, and tells whose stock has become low.
func (s Shelf) Changed(at time.Time) ([]*Item, []Event) {
	var changed []*Item
	var events []Event
	for _, item := range s {
		if item.Stock == item.before {
			continue
		}
		changed = append(changed, item)
		if item.Stock.crossesLow() {
			events = append(events, lowStock(item.ProductID, item.Stock, at))
		}
	}
	slices.SortFunc(changed, func(a, b *Item) int { return bytes.Compare(a.ProductID[:], b.ProductID[:]) })
	return changed, events
}

// IDs returns the products on the shelf, in no order.
func (s Shelf) IDs() []id.ID { return slices.Collect(maps.Keys(s)) }

// lines describes what a request asks for, nothing of it taken.
func (s Shelf) lines(r Request) []Line {
	lines := make([]Line, len(r.Wants))
	for i, w := range r.Wants {
		lines[i] = Line{ProductID: w.ProductID, Requested: w.Units}
		if item, ok := s[w.ProductID]; ok {
			lines[i].Name, lines[i].ImageURL = &item.Name, item.Image.URL(item.ProductID)
			lines[i].UnitPrice = item.priceAt(r.PlacedAt)
		}
	}
	return lines
}

func (i *Item) priceAt(at time.Time) *money.Amount {
	price, ok := i.Prices.At(at)
	if !ok {
		return nil
	}
	return &price.Amount
}

// refusal returns why nothing of a request may be taken, empty if something may.
func (s Shelf) refusal(r Request) Reason {
	var reason Reason
	for _, w := range r.Wants {
		item, ok := s[w.ProductID]
		switch {
		case !ok:
			return UnknownProduct
		case item.Status != Active:
			reason = ProductArchived
		case reason == "" && r.AllOrNothing && item.Stock.Available() < w.Units:
			reason = OutOfStock
		}
	}
	return reason
}

// take reserves what there is for each line and returns how that went.
func (s Shelf) take(lines []Line) Result {
	full, none := true, true
	for i := range lines {
		line := &lines[i]
		stock := &s[line.ProductID].Stock
		line.Taken = min(line.Requested, stock.Available())
		s[line.ProductID].Shown = true
		stock.take(line.Taken)
		full = full && line.Taken == line.Requested
		none = none && line.Taken == 0
	}
	switch {
	case full:
		return Full
	case none:
		return None
	default:
		return Partial
	}
}
