package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
)

//go:embed swagger/*.gz
var swagger embed.FS

// pagePolicy lets a page load from its own origin only. Swagger UI draws its
// icons from data: URLs.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsPage is no template: html/template calls methods by name, so that the linker
// must keep every method there is, 8 MB of them in a service that uses Redis.
const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE</title>
<link rel="stylesheet" href="BASE/swagger-ui.css">
</head>
<body>
<div id="docs"><noscript>The description itself is at <a href="DOCUMENT">DOCUMENT</a>.</noscript></div>
<script src="BASE/swagger-ui-bundle.js"></script>
<script src="BASE/start.js"></script>
</body>
</html>
`

// MountDocs serves browsable documentation of an OpenAPI document at path. All
// that the page loads comes from this origin.
func MountDocs(router chi.Router, path, title, document string) {
	page := strings.NewReplacer("TITLE", html.EscapeString(title), "BASE", html.EscapeString(path), "DOCUMENT", html.EscapeString(document)).Replace(docsPage)
	router.Get(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, page) //nolint:errcheck // the client has gone
	})
	start := startScript(document)
	router.Get(path+"/start.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		io.WriteString(w, start) //nolint:errcheck // the client has gone
	})
	router.Get(path+"/swagger-ui-bundle.js", asset("swagger/swagger-ui-bundle.js.gz", "text/javascript; charset=utf-8"))
	router.Get(path+"/swagger-ui.css", asset("swagger/swagger-ui.css.gz", "text/css; charset=utf-8"))
}

// startScript opens the document in the page; nothing is validated elsewhere.
func startScript(document string) string {
	options, err := json.Marshal(map[string]any{"url": document, "dom_id": "#docs", "deepLinking": true, "validatorUrl": nil})
	if err != nil {
		return ""
	}
	return "SwaggerUIBundle(" + string(options) + ");\n"
}

// asset serves an embedded compressed file, plain to those who cannot
// decompress.
func asset(name, contentType string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		packed, err := swagger.ReadFile(name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "public, max-age=86400")
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			w.Write(packed) //nolint:errcheck // the client has gone
			return
		}
		plain, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		io.Copy(w, plain) //nolint:errcheck,gosec // the client has gone; the file is ours
	}
}

// openAPI serves the document, made once when the routes are all there.
func (a *API) openAPI() http.HandlerFunc {
	document := sync.OnceValues(func() ([]byte, error) {
		raw, err := json.Marshal(a.huma.OpenAPI())
		if err != nil {
			return nil, fmt.Errorf("write the OpenAPI document: %w", err)
		}
		return raw, nil
	})
	return func(w http.ResponseWriter, r *http.Request) {
		raw, err := document()
		if err != nil {
			a.WriteProblem(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		http.ServeContent(w, r, "openapi.json", time.Time{}, bytes.NewReader(raw))
	}
}
