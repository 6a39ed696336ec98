package web

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Check is one thing that a service needs to work.
type Check struct {
	Name  string // such as "database"
	Probe func(ctx context.Context) error
}

// checkPatience bounds a readiness answer.
const checkPatience = 2 * time.Second

// health adds the routes for those who operate the service.
func (a *API) health() {
	a.router.Get("/livez", alive)
	a.router.Get("/readyz", a.ready)
	a.router.Get("/version", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"service": a.Title, "version": Version()})
	})
	a.router.Handle("/metrics", promhttp.HandlerFor(a.Metrics, promhttp.HandlerOpts{}))
}

// alive answers that the process runs.
func alive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "up"})
}

// ready answers 200 when every check passes and 503 otherwise, with the state of
// each by name, and when the service is about to stop. Why one fails is for the
// log.
func (a *API) ready(w http.ResponseWriter, r *http.Request) {
	if leaving(r.Context()) {
		writeJSON(w, http.StatusServiceUnavailable, map[string]any{"status": "stopping", "dependencies": map[string]string{}})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkPatience)
	defer cancel()
	pending := make([]<-chan error, len(a.Checks))
	for i, check := range a.Checks {
		pending[i] = probe(ctx, check)
	}
	status, word, states := http.StatusOK, "ready", map[string]string{}
	for i, check := range a.Checks {
		states[check.Name] = "up"
		err := outcome(ctx, pending[i])
		if err != nil {
			status, word, states[check.Name] = http.StatusServiceUnavailable, "not ready", "away"
		}
		a.note(r.Context(), check.Name, err)
	}
	writeJSON(w, status, map[string]any{"status": word, "dependencies": states})
}

// note logs that a dependency went away or came back, once: who asks asks often.
func (a *API) note(ctx context.Context, dependency string, err error) {
	if err == nil {
		if _, was := a.away.LoadAndDelete(dependency); was {
			a.Log.InfoContext(ctx, "ready again", "dependency", dependency)
		}
		return
	}
	if _, was := a.away.LoadOrStore(dependency, true); !was {
		a.Log.WarnContext(ctx, "not ready", "dependency", dependency, "error", err)
	}
}

// probe begins a check.
func probe(ctx context.Context, check Check) <-chan error {
	done := make(chan error, 1)
	go func() { done <- check.Probe(ctx) }()
	return done
}

// outcome waits for a check until ctx ends, whether or not the check does.
func outcome(ctx context.Context, done <-chan error) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck // the client has gone
}

// version is empty here. An image's build writes it, for there the commit cannot
// be read: the repository's history is no part of it.
//
//go:embed version.txt
var version string

// Version tells which build this is: what the image's build wrote, else the
// commit or the module's version.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
}
