package web

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/telemetry"
)

// maxViolations bounds an answer: a megabyte of unknown fields would make many.
const maxViolations = 1000

// newProblem makes a problem of what huma found wrong with a request. The values
// that huma would echo are left out: they may be passwords.
func newProblem(c huma.Context, status int, message string, errs ...error) huma.StatusError {
	status, message = reword(status, message)
	f := &fault.Error{Code: codeOf(status), Message: message}
	for _, err := range errs[:min(len(errs), maxViolations)] {
		if err != nil {
			f.Violations = append(f.Violations, violation(err))
		}
	}
	f.Violations = tidy(f.Violations)
	for _, v := range f.Violations {
		if strings.HasPrefix(v.Location, "path.") {
			// A path that cannot name anything names nothing.
			f, status = fault.NotFoundf("There is no such thing."), http.StatusNotFound
			break
		}
	}
	f.Kind = f.Code.Kind()
	p := describe(f)
	p.Status, p.Title = status, http.StatusText(status)
	if c != nil {
		p.TraceID = telemetry.TraceID(c.Context())
		p.Instance = pathOf(c.Context())
	}
	return p
}

// codeOf names the problem behind a status that huma chose.
func codeOf(status int) fault.Code {
	for _, e := range fault.Catalogue() {
		if StatusOf(e.Kind) == status && e.Kind != fault.Conflict {
			if e.Kind == fault.Invalid {
				return fault.CodeInvalidRequest
			}
			return e.Code
		}
	}
	if status >= http.StatusInternalServerError {
		return fault.CodeInternal
	}
	return fault.CodeMalformedRequest
}

// reword puts what huma says of a request as we do. A body that did not arrive
// is not our failure.
func reword(status int, message string) (int, string) {
	switch {
	case message == "request body is required":
		return http.StatusBadRequest, "The request needs a body."
	case message == "cannot read request body":
		return http.StatusBadRequest, "The body ended too early."
	case status == http.StatusRequestTimeout:
		return http.StatusBadRequest, "The body took too long to arrive."
	}
	switch status {
	case http.StatusBadRequest:
		message = "The body is not readable JSON."
	case http.StatusUnprocessableEntity:
		message = "The request does not keep the rules."
	case http.StatusRequestEntityTooLarge:
		message = "The body is too large."
	case http.StatusUnsupportedMediaType:
		message = "The body must be application/json."
	case http.StatusInternalServerError:
		message = "Something broke on our side."
	}
	return status, message
}
