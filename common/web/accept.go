package web

import (
	"strconv"
	"strings"
)

// accepts reports whether a client that sends this Accept header takes JSON
// (RFC 9110, 12.5.1): the most specific range that fits decides.
func accepts(header string) bool {
	if strings.TrimSpace(header) == "" {
		return true
	}
	taken, best := false, 0
	for part := range strings.SplitSeq(header, ",") {
		kind, parameters, _ := strings.Cut(part, ";")
		if fit := fitness(kind); fit > best {
			taken, best = weight(parameters) > 0, fit
		}
	}
	return taken
}

// fitness tells how closely a media range fits what we answer; 0 is not at all.
func fitness(kind string) int {
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "application/json":
		return 4
	case "application/problem+json": // is all that a client of failures takes
		return 3
	case "application/*":
		return 2
	case "*/*":
		return 1
	}
	return 0
}

// weight is the parameter q; 1 where it is not given or no number.
func weight(parameters string) float64 {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if q, err := strconv.ParseFloat(value, 64); err == nil && strings.EqualFold(name, "q") {
			return q
		}
	}
	return 1
}
