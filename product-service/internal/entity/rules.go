package entity

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/plain"
)

// The limits of the catalogue; texts count characters.
const (
	MaxName        = 200
	MaxDescription = 10_000
	MaxReason      = 200
	MaxStock       = 1_000_000_000
)

// violations gathers the rules that an input breaks, by field.
type violations []fault.Violation

func (v *violations) add(field, format string, args ...any) {
	*v = append(*v, fault.Violation{Location: field, Message: fmt.Sprintf(format, args...)})
}

func (v *violations) checkName(name string) {
	v.checkLine("name", name, MaxName)
}

// checkLine holds a text of one line against its limits.
func (v *violations) checkLine(field, text string, most int) {
	switch n := utf8.RuneCountInString(text); {
	case strings.TrimSpace(text) == "":
		v.add(field, "is empty")
	case n > most:
		v.add(field, "has %d characters, at most %d are allowed", n, most)
	case !plain.Line(text):
		v.add(field, "holds a control character")
	}
}

func (v *violations) checkDescription(text string) {
	if n := utf8.RuneCountInString(text); n > MaxDescription {
		v.add("description", "has %d characters, at most %d are allowed", n, MaxDescription)
	}
	if !plain.Text(text) {
		v.add("description", "holds a control character")
	}
}

func (v *violations) checkPrice(price money.Amount) {
	if price < 0 || price > money.MaxPrice {
		v.add("price", "is not between 0 and %s", money.MaxPrice)
	}
}

func (v *violations) checkQuantity(units int) {
	if units < 0 || units > MaxStock {
		v.add("quantity", "is not between 0 and %d", MaxStock)
	}
}

func (v *violations) checkThreshold(units int) {
	if units < 0 || units > MaxStock {
		v.add("lowStockThreshold", "is not between 0 and %d", MaxStock)
	}
}
