package entity

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths that RFC 5321 allows, in bytes.
const (
	maxEmail  = 254
	maxLocal  = 64
	maxDomain = 253
	maxLabel  = 63
)

// EmailKey returns the form under which an address is unique: two addresses
// that differ only in case are one.
func EmailKey(email string) string { return strings.ToLower(email) }

// emailMistake says what is wrong with an e-mail address, "" if nothing is. It
// keeps out what is no address; whether mail arrives there nobody knows.
func emailMistake(email string) string {
	local, domain, found := cutLast(email, '@')
	switch {
	case email == "":
		return "is required"
	case len(email) > maxEmail:
		return "is longer than 254 characters"
	case !utf8.ValidString(email) || !found || !isLocal(local) || !isDomain(domain):
		return "is not an e-mail address"
	}
	return ""
}

func cutLast(text string, at byte) (before, after string, found bool) {
	i := strings.LastIndexByte(text, at)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

// isLocal reports whether text may stand before the @: dot-separated atoms of
// RFC 5322, letters of any script included (RFC 6531), without quoting.
func isLocal(text string) bool {
	if text == "" || len(text) > maxLocal {
		return false
	}
	for atom := range strings.SplitSeq(text, ".") {
		if atom == "" || strings.ContainsFunc(atom, notAtomic) {
			return false
		}
	}
	return true
}

func notAtomic(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) &&
		!strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// isDomain reports whether text is a host name of at least two labels.
func isDomain(text string) bool {
	if len(text) > maxDomain || !strings.Contains(text, ".") {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > maxLabel || strings.HasPrefix(label, "-") ||
			strings.HasSuffix(label, "-") || strings.ContainsFunc(label, notHost) {
			return false
		}
	}
	return true
}

func notHost(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '-'
}
