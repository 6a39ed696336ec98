package gateway

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/web"
)

// retryAfter is how many seconds a client should wait for a service that is
// away: one that died is back by then.
const retryAfter = "1"

// missing answers that there is nothing at a path.
func missing(w http.ResponseWriter, r *http.Request) {
	tell(w, r, web.Problem{Code: fault.CodeNotFound, Detail: "There is nothing at this address.", Instance: r.URL.EscapedPath()})
}

// notAllowed answers that a path of the gateway's own is only to be read.
func notAllowed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", "GET, HEAD")
	tell(w, r, web.Problem{Code: fault.CodeMethodNotAllowed, Detail: "This is only to be read.", Instance: r.URL.EscapedPath()})
}

// unavailable answers for a service that does not, unless it was the client's
// body that broke.
func unavailable(w http.ResponseWriter, r *http.Request, _ error) {
	asked := askedOf(r.Context())
	if asked.body.broke.Load() {
		tell(w, r, web.Problem{Code: fault.CodeMalformedRequest, Detail: "The body cannot be read to its end.", Instance: asked.path})
		return
	}
	w.Header().Set("Retry-After", retryAfter)
	tell(w, r, web.Problem{Code: fault.CodeUnavailable, Detail: "The service for this is away; ask again.", Instance: asked.path})
}

// tell completes a problem and writes it in the form that the services have
// (RFC 9457).
func tell(w http.ResponseWriter, r *http.Request, p web.Problem) {
	p.Type = "urn:oms:problem:" + strings.ReplaceAll(strings.ToLower(string(p.Code)), "_", "-")
	p.Status, p.TraceID = web.StatusOf(p.Code.Kind()), traceID(r)
	p.Title = http.StatusText(p.Status)
	h := w.Header()
	h.Set("Content-Type", p.ContentType(""))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Request-Id", r.Header.Get("X-Request-Id"))
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck,errchkjson // the client has gone
}
