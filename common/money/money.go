// Package money keeps exact amounts of the shop's one currency, counted in minor
// units (cents). Nothing here rounds: what has no exact form is refused.
package money

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Amount is a number of cents.
type Amount int64

// MaxPrice is the largest unit price, 9 999 999 999.99. With at most 100 lines
// of at most 10 000 units no total overflows.
const MaxPrice Amount = 999_999_999_999

// Failures of reading and adding amounts; all are wrapped.
var (
	ErrSyntax   = errors.New("not an amount such as 19.90")
	ErrOverflow = errors.New("amount too large")
)

// Parse reads a plain decimal with at most two digits behind the point:
// "19.9", "19.90", "-3". No exponents, no signs but a minus, no spaces.
func Parse(text string) (Amount, error) {
	rest, negative := strings.CutPrefix(text, "-")
	whole, fraction, point := strings.Cut(rest, ".")
	if !digits(whole) || (point && !digits(fraction)) || len(fraction) > 2 {
		return 0, fmt.Errorf("%w: %.40q", ErrSyntax, text)
	}
	sign := ""
	if negative { // the least amount has no positive counterpart
		sign = "-"
	}
	cents, err := strconv.ParseInt(sign+whole+(fraction + "00")[:2], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %.40q", ErrOverflow, text)
	}
	return Amount(cents), nil
}

func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// Times returns a × n, or ErrOverflow.
func (a Amount) Times(n int64) (Amount, error) {
	if a == 0 || n == 0 {
		return 0, nil
	}
	product := int64(a) * n
	if product/n != int64(a) || (a == math.MinInt64 && n == -1) {
		return 0, fmt.Errorf("%w: %s times %d", ErrOverflow, a, n)
	}
	return Amount(product), nil
}

// Plus returns a + b, or ErrOverflow.
func (a Amount) Plus(b Amount) (Amount, error) {
	sum := a + b
	if (sum > a) != (b > 0) && b != 0 {
		return 0, fmt.Errorf("%w: %s plus %s", ErrOverflow, a, b)
	}
	return sum, nil
}

// String returns the amount with two decimals, "19.90".
func (a Amount) String() string { return string(a.Append(make([]byte, 0, 24))) }

// Append appends what String returns.
func (a Amount) Append(to []byte) []byte {
	cents := uint64(a) // #nosec G115 -- two's complement: the magnitude is taken below
	if a < 0 {
		to, cents = append(to, '-'), -cents
	}
	to = strconv.AppendUint(to, cents/100, 10)
	return append(to, '.', byte('0'+cents/10%10), byte('0'+cents%10))
}

// MarshalJSON writes a JSON number with two decimals.
func (a Amount) MarshalJSON() ([]byte, error) { return a.Append(nil), nil }

// UnmarshalJSON reads a JSON number or a string of the same form.
func (a *Amount) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if text == "null" {
		return nil
	}
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	parsed, err := Parse(text)
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

// Value gives MySQL a DECIMAL.
func (a Amount) Value() (driver.Value, error) { return a.String(), nil }

// Scan reads a DECIMAL, which MySQL sends as text.
func (a *Amount) Scan(src any) error {
	switch src := src.(type) {
	case []byte:
		return a.parse(string(src))
	case string:
		return a.parse(src)
	case int64:
		return a.parse(strconv.FormatInt(src, 10))
	default:
		return fmt.Errorf("%w: a %T", ErrSyntax, src)
	}
}

func (a *Amount) parse(text string) (err error) {
	*a, err = Parse(text)
	return err
}
