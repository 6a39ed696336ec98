package entity

import (
	"slices"
	"time"

	"github.com/oms-fleet/oms/common/money"
)

// shortest is the least time between two prices, the resolution of the tables.
const shortest = time.Millisecond

// Price is what a product costs from one moment until another.
type Price struct {
	Amount money.Amount
	From   time.Time
	To     time.Time // the first moment it no longer holds; zero while none follows
	Actor  string    // who set it
}

// Timeline is the prices of one product in the order of time, each ending where
// the next begins.
type Timeline []Price

// At returns the price in effect at a moment, and false for an empty timeline.
// Before the first price it is the first: a client may order a product in the
// very moment it appears, by a clock that is behind ours.
func (t Timeline) At(at time.Time) (Price, bool) {
	if len(t) == 0 {
		return Price{}, false
	}
	return t[max(t.index(at), 0)], true
}

// index returns the place of the last price that began at or before a moment,
// -1 when all began later.
func (t Timeline) index(at time.Time) int {
	later := func(p Price) bool { return p.From.After(at) }
	if i := slices.IndexFunc(t, later); i >= 0 {
		return i - 1
	}
	return len(t) - 1
}

// Since returns the price in effect at a moment and all that follow.
func (t Timeline) Since(at time.Time) Timeline { return t[max(t.index(at), 0):] }

// Set returns the timeline with a price that begins at its From and holds until
// the next one that is already there. A price that begins at the same moment is
// replaced. The receiver stays as it is.
func (t Timeline) Set(next Price) Timeline {
	result := slices.Clone(t)
	i := t.index(next.From)
	if i >= 0 && result[i].From.Equal(next.From) {
		next.To = result[i].To
		result[i] = next
		return result
	}
	if i+1 < len(result) {
		next.To = result[i+1].From
	}
	if i >= 0 {
		result[i].To = next.From
	}
	return slices.Insert(result, i+1, next)
}
