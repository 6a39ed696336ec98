package controller

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

//go:embed pages
var pageFiles embed.FS

// pageSet is the templates of the pages, read once.
type pageSet struct {
	templates *template.Template
	style     []byte
}

func readPages() (*pageSet, error) {
	templates, err := template.ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	style, err := pageFiles.ReadFile("pages/style.css")
	return &pageSet{templates: templates, style: style}, err
}

// frame is what every page shows.
type frame struct {
	Title       string
	Application string
	Query       template.URL // the application's request, encoded
	Token       string       // proves that the form is ours
}

type signInPage struct {
	frame
	Email     string
	Mistake   string
	Providers []providerLink
}

type providerLink struct {
	Name    string
	Address string
}

type consentPage struct {
	frame
	Email  string
	Wishes []string
	Target string // where the browser goes then
}

type failurePage struct {
	frame
	Message string
}

// show answers with a page that loads nothing from elsewhere, runs no script,
// cannot be framed, and whose forms lead to us or to target alone.
func (s *pageSet) show(w http.ResponseWriter, status int, name, target string, data any) {
	var body bytes.Buffer
	if err := s.templates.ExecuteTemplate(&body, name, data); err != nil {
		http.Error(w, "Something broke on our side.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self' "+target+
		"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	body.WriteTo(w) //nolint:errcheck // the client has gone
}

func (s *pageSet) serveStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	w.Write(s.style) //nolint:errcheck // the client has gone
}

// wishes says scopes in words.
func wishes(scopes []string) []string {
	words := map[string]string{
		entity.ScopeOpenID:  "know who you are",
		entity.ScopeProfile: "see your name",
		entity.ScopeEmail:   "see your e-mail address",
		entity.ScopeShop:    "shop as you: see, place and cancel your orders, see your profile",
		entity.ScopeOffline: "stay signed in while you are away",
	}
	told := make([]string, len(scopes))
	for i, scope := range scopes {
		told[i] = words[scope]
		if told[i] == "" {
			told[i] = "use “" + scope + "”"
		}
	}
	return told
}
