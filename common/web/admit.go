package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
)

// admit lets a request through to its handler, with the principal and a deadline
// in its context, or answers why not. It runs before the body is read.
func (a *API) admit(access Access) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		lowerMediaType(c)
		ctx, cancel := c.Context(), context.CancelFunc(func() {})
		if c.Operation().Metadata[streaming] == true {
			unlimited(c)
		} else {
			ctx, cancel = context.WithTimeout(ctx, patience)
		}
		defer cancel()
		principal, err := a.allowed(ctx, c, access)
		if err != nil {
			a.refuse(c, err)
			return
		}
		next(huma.WithContext(c, auth.With(ctx, principal)))
	}
}

// allowed holds what a request says of itself against the rules.
func (a *API) allowed(ctx context.Context, c huma.Context, access Access) (auth.Principal, error) {
	op := c.Operation()
	if op.Metadata[streaming] != true && !accepts(c.Header("Accept")) {
		return auth.Principal{}, fault.New(fault.CodeNotAcceptable, "Answers are application/json.")
	}
	r, _ := humachi.Unwrap(c)
	if r.ContentLength >= op.MaxBodyBytes { // huma refuses at its limit, which is ours and one
		return auth.Principal{}, fault.New(fault.CodeBodyTooLarge, "The body is larger than %d bytes.", op.MaxBodyBytes-1)
	}
	if coding := c.Header("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return auth.Principal{}, fault.New(fault.CodeUnsupportedMediaType, "The body must not be compressed.") // RFC 9110, 8.4
	}
	principal, err := a.identify(ctx, access, c.Header("Authorization"))
	if err != nil {
		return auth.Principal{}, err
	}
	return principal, access.allows(principal)
}

// lowerMediaType spares huma, which compares letter by letter, what means
// nothing: the case of a media type (RFC 9110, 8.3.1).
func lowerMediaType(c huma.Context) {
	r, _ := humachi.Unwrap(c)
	kind, parameters, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if lower := strings.ToLower(kind); lower != kind {
		r.Header.Set("Content-Type", strings.TrimSuffix(lower+";"+parameters, ";"))
	}
}

// unlimited takes the server's time limit off an answer, which may go on for as
// long as it likes.
func unlimited(c huma.Context) {
	_, w := humachi.Unwrap(c)
	http.NewResponseController(w).SetWriteDeadline(time.Time{}) //nolint:errcheck // a recorder in a test has none
}
