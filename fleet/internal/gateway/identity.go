package gateway

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/oms-fleet/oms/common/id"
)

// identify sees to it that a request has an id and belongs to a trace, so that
// its answer, the logs and the messages that it leads to can be found by them.
func identify(r *http.Request) {
	if !printable(r.Header.Get("X-Request-Id")) {
		if made, err := id.New(); err == nil {
			r.Header.Set("X-Request-Id", made.String())
		}
	}
	if traceID(r) == "" {
		var made [24]byte
		_, _ = rand.Read(made[:]) // never fails
		r.Header.Set("Traceparent", "00-"+hex.EncodeToString(made[:16])+"-"+hex.EncodeToString(made[16:])+"-00")
		r.Header.Del("Tracestate")
	}
}

// printable accepts what may safely be repeated in headers and logs.
func printable(text string) bool {
	outside := strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c > '~' })
	return text != "" && len(text) <= 128 && !outside
}

// traceID returns the trace of a request, "" if its traceparent is none (W3C
// Trace Context, version 00).
func traceID(r *http.Request) string {
	parts := strings.Split(r.Header.Get("Traceparent"), "-")
	if len(parts) != 4 || parts[0] != "00" || !hexadecimal(parts[1], 32) || !hexadecimal(parts[2], 16) || len(parts[3]) != 2 {
		return ""
	}
	return parts[1]
}

// hexadecimal reports whether text is n small hexadecimal digits, not all zero.
func hexadecimal(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789abcdef") == "" && strings.Trim(text, "0") != ""
}
