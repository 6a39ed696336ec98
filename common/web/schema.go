package web

import (
	"bytes"
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/money"
)

// uuidSchema documents and validates ids.
type uuidSchema string

// Schema is a string in the canonical form of a UUID.
func (uuidSchema) Schema(huma.Registry) *huma.Schema {
	length := 36
	return &huma.Schema{Type: huma.TypeString, Format: "uuid", MinLength: &length, MaxLength: &length}
}

// amountSchema documents amounts that we send.
type amountSchema float64

// Schema is a number with two decimals.
func (amountSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Format: "decimal", Description: "two decimals", Examples: []any{19.9}}
}

// Price is a unit price that a client sends: a JSON number or a string, from 0
// to money.MaxPrice with at most two decimals.
type Price struct {
	Amount money.Amount
	wrong  error
}

// Schema is a number or a string; Resolve checks the rest, to the cent.
func (Price) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "from 0.00 to 9999999999.99, at most two decimals", Examples: []any{19.9},
		AnyOf: []*huma.Schema{{Type: huma.TypeNumber}, {Type: huma.TypeString}},
	}
}

// UnmarshalJSON never fails: Resolve tells what is wrong, with its place.
func (p *Price) UnmarshalJSON(raw []byte) error {
	p.wrong = p.Amount.UnmarshalJSON(raw)
	if errors.Is(p.wrong, money.ErrOverflow) { // a number all the same, on one side of the limits
		p.wrong, p.Amount = nil, money.MaxPrice+1
		if bytes.ContainsRune(raw, '-') {
			p.Amount = -1
		}
	}
	return nil
}

// Resolve reports an amount that is no price.
func (p *Price) Resolve(_ huma.Context, place *huma.PathBuffer) []error {
	message := ""
	switch {
	case p.wrong != nil:
		message = "is not an amount with at most two decimals, such as 19.90"
	case p.Amount > money.MaxPrice:
		message = "is above " + money.MaxPrice.String()
	case p.Amount < 0:
		message = "is below 0.00"
	default:
		return nil
	}
	return []error{&huma.ErrorDetail{Location: place.String(), Message: message}}
}

// Time is a moment as the API writes it: RFC 3339 in UTC with milliseconds.
type Time struct{ time.Time }

// MarshalJSON writes "2026-01-02T03:04:05.678Z".
func (t Time) MarshalJSON() ([]byte, error) {
	return t.Append(make([]byte, 0, len(timeFormat))), nil
}

const timeFormat = `"2006-01-02T15:04:05.000Z"`

// Append appends what MarshalJSON returns.
func (t Time) Append(to []byte) []byte { return t.UTC().AppendFormat(to, timeFormat) }

// Schema is a date-time.
func (Time) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time", Examples: []any{"2026-01-02T03:04:05.678Z"}}
}
