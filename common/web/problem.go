package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/fault"
)

// Problem is how every failure is told (RFC 9457).
type Problem struct {
	Type       string      `json:"type" doc:"names the kind of problem" example:"urn:oms:problem:not-found"`
	Title      string      `json:"title" doc:"the status in words" example:"Not Found"`
	Status     int         `json:"status" doc:"the HTTP status" example:"404"`
	Detail     string      `json:"detail" doc:"what went wrong this time" example:"order 0199… not found"`
	Instance   string      `json:"instance,omitempty" doc:"the path that was asked for" example:"/v1/orders/0199…"`
	Code       fault.Code  `json:"code" doc:"names the problem for programs; stable" example:"NOT_FOUND"`
	TraceID    string      `json:"traceId,omitempty" doc:"finds the request in the logs" example:"4bf92f3577b34da6a3ce929d0e0e4736"`
	Errors     []Violation `json:"errors,omitempty" doc:"every mistake of the input"`
	retryAfter time.Duration
	noToken    bool // the caller sent none
}

// Violation is one mistake in an input.
type Violation struct {
	Location string `json:"location" doc:"where" example:"body.products[1].quantity"`
	Message  string `json:"message" doc:"what is wrong there" example:"expected number >= 1"`
}

var (
	_ huma.StatusError       = (*Problem)(nil)
	_ huma.HeadersError      = (*Problem)(nil)
	_ huma.ContentTypeFilter = (*Problem)(nil)
)

// TransformSchema lists the codes there are, for the documentation.
func (*Problem) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	for _, e := range fault.Catalogue() {
		s.Properties["code"].Enum = append(s.Properties["code"].Enum, e.Code)
	}
	return s
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType turns JSON into problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns what must accompany the status.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	switch p.Status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", p.challenge())
	case http.StatusForbidden: // more than the token gives is needed (RFC 6750, 3.1)
		h.Set("WWW-Authenticate", `Bearer realm="oms", error="insufficient_scope"`)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(p.retryAfter.Seconds())))))
	}
	return h
}

// challenge tells a caller without a token that one is needed, and nothing of an
// error (RFC 6750, 3.1).
func (p *Problem) challenge() string {
	if p.noToken {
		return `Bearer realm="oms"`
	}
	return `Bearer realm="oms", error="invalid_token"`
}

// StatusOf returns the HTTP status of a kind of failure.
func StatusOf(kind fault.Kind) int {
	switch kind {
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.MethodNotAllowed:
		return http.StatusMethodNotAllowed
	case fault.NotAcceptable:
		return http.StatusNotAcceptable
	case fault.Conflict:
		return http.StatusConflict
	case fault.PreconditionFailed:
		return http.StatusPreconditionFailed
	case fault.PreconditionRequired:
		return http.StatusPreconditionRequired
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.UnsupportedMediaType:
		return http.StatusUnsupportedMediaType
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// describe makes a problem of a failure. What is ours alone stays hidden.
func describe(err error) *Problem {
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok && errors.Is(err, context.DeadlineExceeded):
		f = fault.Unavailablef(err, "This took too long; ask again.")
	case !ok:
		f = fault.New(fault.CodeInternal, "Something broke on our side.")
	}
	status := StatusOf(f.Kind)
	p := &Problem{
		Type: problemType(f.Code), Title: http.StatusText(status), Status: status,
		Detail: f.Message, Code: f.Code, retryAfter: f.RetryAfter,
	}
	for _, v := range f.Violations {
		p.Errors = append(p.Errors, Violation(v))
	}
	return p
}

func problemType(code fault.Code) string {
	return "urn:oms:problem:" + strings.ReplaceAll(strings.ToLower(string(code)), "_", "-")
}
