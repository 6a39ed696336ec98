package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/oms-fleet/oms/common/fault"
)

// startPatience bounds how long a request waits for a service that starts: longer
// than it takes when all it needs is there.
const startPatience = 5 * time.Second

// probes are answered when nothing else is.
var probes = []string{"/livez", "/readyz", "/metrics"}

// answer hands a request to the handler, which a service that starts does not
// have yet: then who asks how it is learns that at once, and others wait.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	s.hear(r)
	if isExtra(r) {
		w.Header().Set("Connection", "close")
		if !slices.Contains(probes, r.URL.Path) {
			full := fault.New(fault.CodeOverloaded, "Too many are connected; come again shortly.").After(time.Second)
			writeProblem(w, describe(full))
			return
		}
	}
	select {
	case <-s.serving:
		s.serve(w, r)
		return
	default:
	}
	switch r.URL.Path {
	case "/livez":
		alive(w, r)
	case "/readyz":
		writeJSON(w, http.StatusServiceUnavailable, map[string]any{"status": "starting", "dependencies": map[string]string{}})
	default:
		s.hold(w, r)
	}
}

// serve answers for good.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if s.isLeaving() { // the client's next connection will be to another replica
		w.Header().Set("Connection", "close")
	}
	s.handler.ServeHTTP(w, r)
}

// hold waits until the service has started, and no longer than startPatience.
func (s *Server) hold(w http.ResponseWriter, r *http.Request) {
	late := time.NewTimer(startPatience)
	defer late.Stop()
	select {
	case <-s.serving:
		s.serve(w, r)
	case <-late.C:
		writeProblem(w, describe(fault.Unavailablef(nil, "The service is starting; ask again.")))
	case <-r.Context().Done():
	}
}
