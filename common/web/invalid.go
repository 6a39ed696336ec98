package web

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/telemetry"
)

// newProblem makes a problem of what huma found wrong with a request. The values
// that huma would echo are left out: they may be passwords.
func newProblem(c huma.Context, status int, message string, errs ...error) huma.StatusError {
	f := &fault.Error{Code: codeOf(status), Message: sentence(status, message)}
	for _, err := range errs {
		if err != nil {
			f.Violations = append(f.Violations, violation(err))
		}
	}
	for _, v := range f.Violations {
		if strings.HasPrefix(v.Location, "path.") {
			// A path that cannot name anything names nothing.
			f = fault.NotFoundf("There is no such thing.")
			status = http.StatusNotFound
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

func sentence(status int, message string) string {
	switch status {
	case http.StatusBadRequest:
		return "The body is not readable JSON."
	case http.StatusUnprocessableEntity:
		return "The request does not keep the rules."
	case http.StatusRequestEntityTooLarge:
		return "The body is too large."
	case http.StatusUnsupportedMediaType:
		return "The body must be application/json."
	case http.StatusInternalServerError:
		return "Something broke on our side."
	default:
		return message
	}
}

const missing, present = "expected required property ", " to be present"

// violation tells one mistake. A missing field is told at its own place, where
// huma names the object that lacks it.
func violation(err error) fault.Violation {
	detail, ok := err.(huma.ErrorDetailer) //nolint:errorlint // huma's own, never wrapped
	if !ok {
		return fault.Violation{Message: err.Error()}
	}
	d := detail.ErrorDetail()
	if name, ok := strings.CutPrefix(d.Message, missing); ok {
		if name, ok = strings.CutSuffix(name, present); ok {
			return fault.Violation{Location: d.Location + "." + name, Message: "is required"}
		}
	}
	if strings.HasPrefix(d.Message, "json: ") { // would tell Go types, and values
		return fault.Violation{Location: d.Location, Message: "has a value of the wrong type"}
	}
	return fault.Violation{Location: d.Location, Message: d.Message}
}
