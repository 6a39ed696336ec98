package entity

import (
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// Fulfilment says what to do when stock does not suffice.
type Fulfilment string

// The ways to fulfil an order.
const (
	Partial      Fulfilment = "PARTIAL"        // take what there is
	AllOrNothing Fulfilment = "ALL_OR_NOTHING" // all of every line, or nothing
)

// Order is what a client asked for and what became of it.
type Order struct {
	ID         id.ID
	ClientID   id.ID
	ClientName string // as of placing; empty if unknown or erased
	Address    string
	Fulfilment Fulfilment
	QuoteID    id.ID // zero: at the prices of the day
	Status     Status
	Reason     Reason        // of a cancellation
	Total      *money.Amount // nil until confirmed
	Lines      []Line
	Version    int // counts the steps taken
	CreatedAt  time.Time
	UpdatedAt  time.Time

	steps []Step // taken since the order was read
}

// Line is one product of an order. Name, picture and price are a snapshot that
// product-service's answer gives; they never change afterwards.
type Line struct {
	ProductID id.ID
	Purchased int // units asked for
	Fulfilled int // units reserved
	Name      *string
	ImageURL  *string
	UnitPrice *money.Amount
}

// Total is what the line costs, nil until it has a price.
func (l Line) Total() *money.Amount {
	if l.UnitPrice == nil {
		return nil
	}
	total, err := l.UnitPrice.Times(int64(l.Fulfilled))
	if err != nil {
		return nil
	}
	return &total
}

// Step is one change of an order's status, as its history keeps it.
type Step struct {
	Sequence int
	From     Status // empty for the first step
	To       Status
	Cause
	OccurredAt time.Time
	// Releases tells that stock may be held for the order and must be given back.
	Releases bool
}

// Confirms reports whether the step put an answer's snapshot into the lines.
func (s Step) Confirms() bool { return s.To == Confirmed || s.To == PartialConfirmed }

// Cause says who changed an order, and why.
type Cause struct {
	Actor   string // a user id, System or ProductService
	Reason  Reason
	Note    string
	TraceID string
}

// Steps returns the changes since the order was read, in their order. They are
// saved with it, or not at all.
func (o *Order) Steps() []Step { return o.steps }

// moveTo takes the order to a status, or fails with fault.CodeIllegalStatus if
// its lifecycle has no such step; then nothing has changed.
func (o *Order) moveTo(to Status, cause Cause, now time.Time) error {
	if !o.Status.allows(to) {
		return fault.New(fault.CodeIllegalStatus, "An order cannot go from %s to %s.", o.Status, to)
	}
	o.Version++
	o.steps = append(o.steps, Step{
		Sequence: o.Version, From: o.Status, To: to, Cause: cause, OccurredAt: now,
		Releases: to == Cancelled,
	})
	o.Status, o.Reason, o.UpdatedAt = to, cause.Reason, now
	return nil
}

// Cancel calls the order off.
func (o *Order) Cancel(cause Cause, now time.Time) error { return o.moveTo(Cancelled, cause, now) }

// Ship marks the order as having left.
func (o *Order) Ship(cause Cause, now time.Time) error { return o.moveTo(Shipped, cause, now) }

// AsPlaced returns the order as it was when it was placed.
func (o *Order) AsPlaced() *Order {
	placed := *o
	placed.Status, placed.Reason, placed.Total = New, "", nil
	placed.Version, placed.UpdatedAt, placed.steps = 1, o.CreatedAt, nil
	placed.Lines = make([]Line, len(o.Lines))
	for i, l := range o.Lines {
		placed.Lines[i] = Line{ProductID: l.ProductID, Purchased: l.Purchased}
	}
	return &placed
}
