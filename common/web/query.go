package web

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/oms-fleet/oms/common/fault"
)

// readable refuses a query that net/url would read in part, or with other text,
// without a word: the answer would be to another question.
func (a *API) readable(c huma.Context, next func(huma.Context)) {
	r, _ := humachi.Unwrap(c)
	if found := unreadable(r.URL.RawQuery); found != nil {
		a.refuse(c, fault.InvalidAll(found[:min(len(found), maxViolations)]...))
		return
	}
	next(c)
}

// unreadable tells which parts of a query are not percent-encoded UTF-8.
func unreadable(query string) (found []fault.Violation) {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, known := decoded(name)
		_, ok := decoded(value)
		switch {
		case !known:
			found = append(found, fault.Violation{Location: "query", Message: "has a name that is not percent-encoded UTF-8"})
		case !ok:
			found = append(found, fault.Violation{Location: "query." + name, Message: "is not percent-encoded UTF-8"})
		}
	}
	return tidy(found)
}

// decoded reads a part of a query as net/url does, which takes no semicolon.
func decoded(part string) (text string, ok bool) {
	text, err := url.QueryUnescape(part)
	return text, err == nil && utf8.ValidString(text) && !strings.Contains(part, ";")
}
