package web

import (
	"errors"
	"net"
	"net/http"
	"runtime/debug"

	"github.com/go-chi/chi/v5/middleware"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/telemetry"
)

// recover turns a panic into a 500 and a log line with its stack. An answer that
// has begun is broken off instead, so that nobody takes it for whole.
func (a *API) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			broke := recover()
			if broke == nil {
				return
			}
			if disconnected(broke) {
				panic(http.ErrAbortHandler) // net/http drops the connection quietly
			}
			a.Log.ErrorContext(r.Context(), "handler broke", "path", r.URL.Path, "panic", broke, "stack", string(debug.Stack()))
			if begun(w) {
				panic(http.ErrAbortHandler)
			}
			p := describe(fault.New(fault.CodeInternal, "Something broke on our side."))
			p.TraceID, p.Instance = telemetry.TraceID(r.Context()), r.URL.EscapedPath()
			writeProblem(w, p)
		}()
		next.ServeHTTP(w, r)
	})
}

// begun reports whether an answer's status is out; observe keeps it.
func begun(w http.ResponseWriter) bool {
	observed, ok := w.(middleware.WrapResponseWriter)
	return ok && observed.Status() != 0
}

// disconnected reports whether a handler gave up because its client has gone:
// huma panics with what writing the answer failed with.
func disconnected(broke any) bool {
	err, ok := broke.(error)
	if !ok {
		return false
	}
	_, network := errors.AsType[*net.OpError](err)
	return network || errors.Is(err, http.ErrAbortHandler)
}
