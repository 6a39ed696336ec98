package web

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/telemetry"
)

// traced makes each request part of a trace: its caller's or a new one. otelhttp
// does that too, and counts and wraps besides: 10 us of the 190 that an order
// costs its service (measured). observe has those metrics already.
func (a *API) traced(next http.Handler) http.Handler {
	tracer := a.Tracing.Tracer("github.com/oms-fleet/oms/common/web")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := telemetry.WithTraceparent(r.Context(), r.Header.Get("Traceparent"))
		ctx, span := tracer.Start(ctx, "http", trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// observe counts and times every request by its route, and logs it at debug.
func (a *API) observe(next http.Handler) http.Handler {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "http_request_duration_seconds",
		Help:    "Time to answer a request, by route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"method", "route", "status"})
	a.Metrics.MustRegister(seconds)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		wrapped := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		defer func() { // also of an answer that is broken off
			route := chi.RouteContext(r.Context()).RoutePattern()
			if route == "" {
				route = "none" // never the path itself: it is the client's to choose
			}
			took := time.Since(start)
			seconds.WithLabelValues(methodOf(r), route, strconv.Itoa(wrapped.Status())).Observe(took.Seconds())
			if a.Log.Enabled(r.Context(), slog.LevelDebug) {
				a.Log.DebugContext(r.Context(), "request", "method", r.Method, "route", route, "status", wrapped.Status(), "duration", took)
			}
		}()
		next.ServeHTTP(wrapped, r)
	})
}

// shed refuses what Options.Shed says.
func (a *API) shed(next http.Handler) http.Handler {
	if a.Shed == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		admitted, refusal := a.Shed(r)
		if refusal != nil {
			a.WriteProblem(w, r, refusal)
			return
		}
		next.ServeHTTP(w, admitted)
	})
}

// methodOf keeps a metric's labels few: a client may send any word as method.
func methodOf(r *http.Request) string {
	if slices.Contains(methods, r.Method) {
		return r.Method
	}
	return "other"
}

// secure sets the headers that no answer of an API should lack. Pages set their
// own Content-Security-Policy.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// asked is what failures tell about a request.
type asked struct{ path string }

type askedKey struct{}

func pathOf(ctx context.Context) string {
	a, _ := ctx.Value(askedKey{}).(asked)
	return a.path
}

// requestID answers with the caller's X-Request-Id or a fresh one.
func requestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Header.Get("X-Request-Id")
		if !printable(name) {
			if made, err := id.New(); err == nil {
				name = made.String()
			}
		}
		w.Header().Set("X-Request-Id", name)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), askedKey{}, asked{path: r.URL.EscapedPath()})))
	})
}

// printable accepts what may safely be repeated in headers and logs.
func printable(text string) bool {
	for _, c := range []byte(text) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return text != "" && len(text) <= 128
}
