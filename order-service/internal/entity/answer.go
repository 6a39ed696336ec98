package entity

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// Result says how much of an order could be reserved.
type Result string

// The results that an answer may have.
const (
	Full    Result = "FULL"
	Some    Result = "PARTIAL"
	Nothing Result = "NONE"
)

// The largest texts that an answer may put into an order.
const (
	maxName     = 200
	maxImageURL = 500
)

// Answer is what product-service says about an order.
type Answer struct {
	OrderID id.ID
	Result  Result
	Reason  Reason // why Nothing; may be empty
	Lines   []AnsweredLine
	TraceID string
}

// AnsweredLine is what became of one product.
type AnsweredLine struct {
	ProductID id.ID
	Name      *string
	ImageURL  *string
	Requested int
	Taken     int
	UnitPrice *money.Amount
}

// about finds what is said about a product, nil if nothing is. Answers keep the
// order of their requests, so it looks where the product ought to be first.
func (a Answer) about(productID id.ID, place int) *AnsweredLine {
	if place >= len(a.Lines) || a.Lines[place].ProductID != productID {
		place = slices.IndexFunc(a.Lines, func(l AnsweredLine) bool { return l.ProductID == productID })
	}
	if place < 0 {
		return nil
	}
	return &a.Lines[place]
}

// Settle applies an answer to the order. An order that is no longer New stays as
// it is: changed tells. An answer that does not fit cancels the order and is
// returned as a fault of kind Invalid, with the order changed all the same.
func (o *Order) Settle(a Answer, now time.Time) (changed bool, misfit error) {
	if o.Status != New {
		return false, nil
	}
	cause := Cause{Actor: ProductService, TraceID: a.TraceID}
	total, err := o.fit(a)
	if err != nil {
		cause.Reason = ValidationError
		return o.Cancel(cause, now) == nil, err
	}
	switch a.Result {
	case Full, Some:
		o.take(a, total)
		to := map[Result]Status{Full: Confirmed, Some: PartialConfirmed}[a.Result]
		return o.moveTo(to, cause, now) == nil, nil
	default:
		cause.Reason = a.Reason.ofAnswer()
		if o.Cancel(cause, now) == nil {
			o.steps[len(o.steps)-1].Releases = false // nothing was taken
		}
		return true, nil
	}
}

// ofAnswer returns the reason to note for an answer that took nothing. The
// original system gives none: there, it can only be the stock.
func (r Reason) ofAnswer() Reason {
	switch r {
	case "":
		return OutOfStock
	case OutOfStock, UnknownProduct, ProductArchived, QuoteUnknown, QuoteExpired, QuoteMismatch, QuoteUsed:
		return r
	default:
		return ValidationError
	}
}

// fit returns the order's total under the answer, or why the answer cannot be
// one to this order.
func (o *Order) fit(a Answer) (money.Amount, error) {
	if len(a.Lines) != len(o.Lines) {
		return 0, fault.Invalidf("the answer has %d lines, the order %d", len(a.Lines), len(o.Lines))
	}
	var total money.Amount
	asked, taken := 0, 0
	for i, line := range o.Lines {
		got := a.about(line.ProductID, i)
		if got == nil {
			return 0, fault.Invalidf("the answer lacks product %s", line.ProductID)
		}
		if err := got.fits(line, a.Result); err != nil {
			return 0, err
		}
		asked, taken = asked+line.Purchased, taken+got.Taken
		if got.Taken == 0 {
			continue
		}
		sum, err := got.UnitPrice.Times(int64(got.Taken))
		if err == nil {
			total, err = total.Plus(sum)
		}
		if err != nil {
			return 0, fault.Invalidf("the total overflows").Because(err)
		}
	}
	return total, o.fitResult(a.Result, asked, taken)
}

// fits holds one answered line against the line of the order.
func (l AnsweredLine) fits(asked Line, result Result) error {
	switch {
	case l.Requested != asked.Purchased:
		return fault.Invalidf("product %s: %d units answered, %d asked for", l.ProductID, l.Requested, asked.Purchased)
	case l.Taken < 0 || l.Taken > asked.Purchased:
		return fault.Invalidf("product %s: %d of %d units taken", l.ProductID, l.Taken, asked.Purchased)
	case result != Nothing && l.UnitPrice == nil:
		return fault.Invalidf("product %s: no price", l.ProductID)
	case l.UnitPrice != nil && (*l.UnitPrice < 0 || *l.UnitPrice > money.MaxPrice):
		return fault.Invalidf("product %s: impossible price %s", l.ProductID, l.UnitPrice)
	case tooLong(l.Name, maxName) || tooLong(l.ImageURL, maxImageURL):
		return fault.Invalidf("product %s: name or picture too long", l.ProductID)
	}
	return nil
}

func tooLong(text *string, limit int) bool {
	return text != nil && utf8.RuneCountInString(*text) > limit
}

// fitResult holds the result against the units.
func (o *Order) fitResult(r Result, asked, taken int) error {
	fits := map[Result]bool{
		Full:    taken == asked,
		Some:    taken > 0 && taken < asked && o.Fulfilment == Partial,
		Nothing: taken == 0,
	}
	if !fits[r] {
		return fault.Invalidf("the result %s does not fit %d of %d units (%s)", r, taken, asked, o.Fulfilment)
	}
	return nil
}

// take puts the answer's snapshot into the order.
func (o *Order) take(a Answer, total money.Amount) {
	for i := range o.Lines {
		line := &o.Lines[i]
		got := a.about(line.ProductID, i)
		line.Name, line.ImageURL, line.UnitPrice, line.Fulfilled = got.Name, got.ImageURL, got.UnitPrice, got.Taken
	}
	o.Total = &total
}
