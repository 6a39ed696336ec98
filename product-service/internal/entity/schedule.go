package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/money"
)

// SetPrice makes amount the price from a moment on, or from now on where from is
// zero, until the next price that is already set. A price that was set for the
// same moment is replaced. It fails for a moment that is past, and then nothing
// is different.
func (p *Product) SetPrice(amount money.Amount, from time.Time, by Edit) (Price, error) {
	from = from.UTC().Truncate(shortest)
	if err := fault.InvalidAll(priceViolations(amount, from, by.At)...).Err(); err != nil {
		return Price{}, err
	}
	p.Advance(by.At)
	if from.After(p.PriceFrom) && from.After(by.At) {
		p.Prices = p.Prices.Set(Price{Amount: amount, From: from, Actor: by.Actor})
	} else {
		p.reprice(amount, by)
		from = p.PriceFrom
	}
	p.touch(by)
	set, _ := p.Prices.At(from)
	return set, nil
}

// lastYear is what the tables can keep.
const lastYear = 9999

func priceViolations(amount money.Amount, from, now time.Time) []fault.Violation {
	var broken violations
	broken.checkPrice(amount)
	switch {
	case from.IsZero():
	case from.Before(now):
		broken.add("effectiveFrom", "is past; what was charged stays as it was")
	case from.Year() > lastYear:
		broken.add("effectiveFrom", "is after the year %d", lastYear)
	}
	return broken
}

// Advance lets every price take effect whose moment has come, each with its
// event.
func (p *Product) Advance(now time.Time) {
	for _, price := range p.Prices {
		if !price.From.After(p.PriceFrom) || price.From.After(now) {
			continue
		}
		previous := p.Price
		p.Events = append(p.Events, PriceChanged{ProductID: p.ID, Price: price.Amount, Previous: &previous, From: price.From, At: now})
		p.Price, p.PriceFrom = price.Amount, price.From
		p.Version++
		p.UpdatedAt = now
	}
}

// NextPriceFrom returns when the next price takes effect, zero if none is set.
func (p *Product) NextPriceFrom() time.Time {
	for _, price := range p.Prices {
		if price.From.After(p.PriceFrom) {
			return price.From
		}
	}
	return time.Time{}
}

// History is every price of a product.
type History struct {
	Prices Timeline
	Lowest money.Amount // of the 30 days before now
}

// lookBack is how far back the lowest price is looked for: article 6a of the
// directive 98/6/EC.
const lookBack = 30 * 24 * time.Hour

// NewHistory tells of a timeline what it says now.
func NewHistory(prices Timeline, now time.Time) History {
	return History{Prices: prices, Lowest: prices.lowest(now.Add(-lookBack), now)}
}

// lowest returns the lowest price that was in effect at any moment after from
// and until to.
func (t Timeline) lowest(from, to time.Time) money.Amount {
	current, _ := t.At(to)
	lowest := current.Amount
	for _, price := range t {
		if !price.From.After(to) && (price.To.IsZero() || price.To.After(from)) {
			lowest = min(lowest, price.Amount)
		}
	}
	return lowest
}
