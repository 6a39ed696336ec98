package entity

import (
	"slices"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// State is where a reservation is in its life. Released and Shipped are final.
type State string

// The states of a reservation.
const (
	Held     State = "HELD"     // its units are kept for the order
	Released State = "RELEASED" // nothing is kept (any more)
	Shipped  State = "SHIPPED"  // its units have left the house
)

// Result says how much of what an order asks for could be taken.
type Result string

// The results.
const (
	Full    Result = "FULL"
	Partial Result = "PARTIAL"
	None    Result = "NONE"
)

// Reason says why nothing was taken, or why a reservation was released.
type Reason string

// The reasons that product-service gives by itself; a release may bring others.
const (
	OutOfStock      Reason = "OUT_OF_STOCK"
	UnknownProduct  Reason = "UNKNOWN_PRODUCT"
	ProductArchived Reason = "PRODUCT_ARCHIVED"
	QuoteUnknown    Reason = "QUOTE_UNKNOWN"
	QuoteExpired    Reason = "QUOTE_EXPIRED"
	QuoteMismatch   Reason = "QUOTE_MISMATCH"
	QuoteUsed       Reason = "QUOTE_USED"
	WasReleased     Reason = "RELEASED"
)

// Reservation is what an order has of the stock. It is kept for ever, because it
// is also the answer to the order's validation, however often that comes.
type Reservation struct {
	OrderID   id.ID
	ClientID  id.ID  // zero when the order told none
	QuoteID   id.ID  // zero without a quote
	Key       string // the idempotency key that came with the order
	State     State
	Result    Result // as it was answered first
	Reason    Reason // empty while there is none to give
	Lines     []Line // none when the release came before the validation
	CreatedAt time.Time
	UpdatedAt time.Time
	ClosedAt  time.Time // zero until a close came
}

// Line is one product of a reservation, as it was when it was reserved. Name,
// ImageURL and UnitPrice are nil for a product that did not exist, ImageURL also
// for one without an image.
type Line struct {
	ProductID id.ID
	Name      *string
	ImageURL  *string
	Requested int
	Taken     int
	UnitPrice *money.Amount
}

// Answer is what a validation is told.
type Answer struct {
	OrderID id.ID
	Result  Result
	Reason  Reason // empty unless the result is None
	Lines   []Line
}

// Answer tells the same as the first time, or that nothing is held any more
// once a release has come.
func (r *Reservation) Answer() Answer {
	if r.State == Released && !r.ClosedAt.IsZero() {
		return Answer{OrderID: r.OrderID, Result: None, Reason: WasReleased, Lines: untaken(r.Lines)}
	}
	return Answer{OrderID: r.OrderID, Result: r.Result, Reason: r.Reason, Lines: r.Lines}
}

// isTombstone reports whether the reservation was released before anything was
// asked for.
func (r *Reservation) isTombstone() bool { return len(r.Lines) == 0 }

func untaken(lines []Line) []Line {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].Taken = 0
	}
	return lines
}
