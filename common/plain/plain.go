// Package plain tells text that people write from what only looks like it.
package plain

import (
	"strings"
	"unicode"
)

// Line reports whether text has no control characters, of which line breaks and
// tabs are some.
func Line(text string) bool { return !strings.ContainsFunc(text, unicode.IsControl) }

// Text reports whether text has no control characters but line breaks and tabs.
func Text(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' })
}
