package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// Books hold what a batch of commands is about: the reservations of its orders
// that are there, the quotes they name, and the products. The commands change the books one after the
// other; then Opened, Closed and Shelf.Changed say what is to be written.
type Books struct {
	At     time.Time // when the commands are carried out
	Known  map[id.ID]*Reservation
	Quotes map[id.ID]*Quote
	Shelf  Shelf

	Opened []*Reservation // new ones
	Closed []*Reservation // known ones that have ended
	Used   []*Quote       // that an order has taken
}

// NewBooks returns empty books.
func NewBooks(at time.Time) *Books {
	return &Books{At: at, Known: map[id.ID]*Reservation{}, Quotes: map[id.ID]*Quote{}, Shelf: Shelf{}}
}

// Reserve takes from the shelf what an order asks for and opens its reservation.
// An order that has one already gets that one's answer and takes nothing.
func (b *Books) Reserve(r Request) Answer {
	if known, ok := b.Known[r.OrderID]; ok {
		if known.isTombstone() {
			return Answer{OrderID: r.OrderID, Result: None, Reason: WasReleased, Lines: b.Shelf.lines(r)}
		}
		return known.Answer()
	}
	opened := &Reservation{
		OrderID: r.OrderID, ClientID: r.ClientID, QuoteID: r.QuoteID, Key: r.Key,
		Lines: b.Shelf.lines(r), CreatedAt: b.At, UpdatedAt: b.At,
	}
	opened.State, opened.Result, opened.Reason = b.fill(r, opened.Lines)
	b.open(opened)
	return opened.Answer()
}

// fill takes what a request may have and says what became of it. An order that
// names a quote pays its prices, or gets nothing. A quote is used up by the order
// that gets something for it.
func (b *Books) fill(r Request, lines []Line) (State, Result, Reason) {
	quote := b.Quotes[r.QuoteID]
	if !r.QuoteID.IsZero() {
		if reason := quote.refusal(r); reason != "" {
			return Released, None, reason
		}
		quote.charge(lines)
	}
	if reason := b.Shelf.refusal(r); reason != "" {
		return Released, None, reason
	}
	result := b.Shelf.take(lines)
	if result == None {
		return Released, None, OutOfStock
	}
	if quote != nil {
		quote.OrderID = r.OrderID
		b.Used = append(b.Used, quote)
	}
	return Held, result, ""
}

func (b *Books) open(r *Reservation) {
	b.Known[r.OrderID] = r
	b.Opened = append(b.Opened, r)
}

// Close is the end of an order's reservation: released or shipped.
type Close struct {
	OrderID id.ID
	Outcome State
	Reason  Reason // of a release; may be empty
}

// Close ends a reservation. A release that comes before the validation leaves a
// tombstone, so that the validation takes nothing; a repeated close changes
// nothing. It fails when the reservation has no such step: nothing was held that
// could be shipped, or what is to be released has left the house.
func (b *Books) Close(c Close) error {
	r, ok := b.Known[c.OrderID]
	switch {
	case !ok && c.Outcome == Released:
		b.open(tombstone(c, b.At))
		return nil
	case !ok:
		return fault.NotFoundf("order %s has no reservation to ship", c.OrderID)
	case r.State == c.Outcome:
		return nil
	case r.State != Held:
		return fault.New(fault.CodeIllegalStatus, "the reservation of order %s is %s and cannot become %s", c.OrderID, r.State, c.Outcome)
	}
	b.end(r, c)
	return nil
}

func tombstone(c Close, at time.Time) *Reservation {
	return &Reservation{
		OrderID: c.OrderID, State: Released, Result: None, Reason: c.reason(),
		CreatedAt: at, UpdatedAt: at, ClosedAt: at,
	}
}

// reason is what a released reservation keeps.
func (c Close) reason() Reason {
	if c.Reason == "" {
		return WasReleased
	}
	return c.Reason
}

func (b *Books) end(r *Reservation, c Close) {
	for _, line := range r.Lines {
		if line.Taken == 0 {
			continue
		}
		stock := &b.Shelf[line.ProductID].Stock
		if c.Outcome == Shipped {
			stock.ship(line.Taken)
		} else {
			stock.giveBack(line.Taken)
		}
	}
	if c.Outcome == Released {
		r.Reason = c.reason()
	}
	r.State, r.UpdatedAt, r.ClosedAt = c.Outcome, b.At, b.At
	b.Closed = append(b.Closed, r)
}
