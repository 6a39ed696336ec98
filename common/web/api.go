// Package web is what the services' HTTP sides share: the chi router with its
// standard middleware, typed routes by huma that decode, validate and document
// themselves, failures as problem+json (RFC 9457), health, metrics,
// documentation, and a server that stops without dropping requests.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// Verifier finds out who a token speaks for.
type Verifier interface {
	Verify(ctx context.Context, token string) (auth.Principal, error)
}

// Options is what an API is made of.
type Options struct {
	Title       string // of the documentation, such as "order-service"
	Description string
	Verifier    Verifier
	Checks      []Check // what readiness asks
	Log         *slog.Logger
	Metrics     *prometheus.Registry
	Tracing     trace.TracerProvider
	// Shed tells which requests are not to be looked at for now, and why: before
	// their tokens and bodies are, so that refusing costs as little as it can. It may
	// wait before it tells. The others go on as it returns them. nil sheds none.
	Shed func(*http.Request) (*http.Request, error)
}

// API collects a service's routes and serves them.
type API struct {
	huma   huma.API
	router chi.Router
	away   sync.Map // the names of the dependencies that were away when last looked at
	Options
}

// New returns an API with the routes that every service has: /livez, /readyz,
// /metrics, /version, /openapi.json and /docs.
func New(o Options) *API {
	adaptHuma()
	a := &API{Options: o, router: chi.NewRouter()}
	a.router.Use(a.observe, a.recover, secure, requestID, a.shed, middleware.GetHead)
	a.router.NotFound(a.notFound)
	a.router.MethodNotAllowed(a.methodNotAllowed)

	config := huma.DefaultConfig(o.Title, Version())
	config.CreateHooks = nil // no $schema in bodies, no Link headers
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.Formats = map[string]huma.Format{"application/json": format, "json": format}
	config.Info.Description = o.Description
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		bearer: {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
	}
	schemas := config.Components.Schemas
	schemas.RegisterTypeAlias(reflect.TypeFor[id.ID](), reflect.TypeFor[uuidSchema]())
	schemas.RegisterTypeAlias(reflect.TypeFor[money.Amount](), reflect.TypeFor[amountSchema]())
	a.huma = humachi.New(a.router, config)

	a.health()
	MountDocs(a.router, "/docs", o.Title, "/openapi.json")
	a.router.Get("/openapi.json", a.openAPI())
	return a
}

// Router takes routes that are not of the API's kind, such as pages.
func (a *API) Router() chi.Router { return a.router }

// Handler serves the API.
func (a *API) Handler() http.Handler { return a.traced(a.router) }

// adaptHuma changes what huma keeps in package variables; there is no other way.
// All our APIs want the same.
var adaptHuma = sync.OnceFunc(func() {
	huma.NewErrorWithContext = newProblem
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return newProblem(nil, status, msg, errs...)
	}
	huma.ValidateStrictCasing = true // JSON names are case-sensitive
	huma.DefaultArrayNullable = false
})
