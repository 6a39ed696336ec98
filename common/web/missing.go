package web

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/oms-fleet/oms/common/fault"
)

func (a *API) notFound(w http.ResponseWriter, r *http.Request) {
	a.WriteProblem(w, r, fault.NotFoundf("There is no such path."))
}

// methods are those that a route may have.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// methodNotAllowed answers with the methods that the path has (RFC 9110,
// 15.5.6).
func (a *API) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	path := r.URL.RawPath // as chi routes
	if path == "" {
		path = r.URL.Path
	}
	var allowed []string
	for _, method := range methods {
		asked := method
		if method == http.MethodHead { // is answered wherever GET is
			asked = http.MethodGet
		}
		if a.router.Match(chi.NewRouteContext(), asked, path) {
			allowed = append(allowed, method)
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	a.WriteProblem(w, r, fault.New(fault.CodeMethodNotAllowed, "%s is not possible here.", r.Method))
}
