package gateway

import (
	_ "embed"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/oms-fleet/oms/common/web"
)

// pagePolicy lets the page load from its own origin only.
const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var (
	//go:embed docs.html
	docsPage string
	//go:embed docs.css
	docsStyle string
)

// documentation serves a page that lists the services, and one for each to
// browse its OpenAPI document.
func documentation() chi.Router {
	router := chi.NewRouter()
	router.NotFound(missing)
	router.MethodNotAllowed(notAllowed)
	router.Use(middleware.GetHead, careful)
	router.Get("/docs", text("text/html", docsPage))
	router.Get("/docs/list.css", text("text/css", docsStyle))
	for _, service := range Services() {
		web.MountDocs(router, "/docs/"+service, service+"-service", "/openapi/"+service+".json")
	}
	return router
}

// careful sets the headers that no answer of the gateway's own should lack.
func careful(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Request-Id", r.Header.Get("X-Request-Id"))
		next.ServeHTTP(w, r)
	})
}

func text(contentType, content string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType+"; charset=utf-8")
		if strings.HasPrefix(contentType, "text/html") {
			h.Set("Content-Security-Policy", pagePolicy)
		}
		w.Write([]byte(content)) //nolint:errcheck // the client has gone
	}
}

// document returns the service whose OpenAPI document lies at a path.
func document(path string) (service string, ok bool) {
	for _, service := range Services() {
		if path == "/openapi/"+service+".json" {
			return service, true
		}
	}
	return "", false
}
