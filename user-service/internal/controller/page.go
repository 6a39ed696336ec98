package controller

import (
	_ "embed" // for the pages
	"io"
	"net/http"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

//go:embed pages/layout.html
var layoutPage markup

//go:embed pages/sign_in.html
var signInPage markup

//go:embed pages/consent.html
var consentPage markup

//go:embed pages/failure.html
var failurePage markup

//go:embed pages/style.css
var style []byte

// frame is what every page with a form shows.
type frame struct {
	application string
	query       string // the application's request, encoded
	token       string // proves that the form is ours
}

func (f frame) fill(content markup) markup {
	return content.text("application", f.application).text("query", f.query).text("token", f.token)
}

type providerLink struct {
	Name    string
	Address string
}

// signInForm asks who it is; mistake says what was wrong with the last answer,
// if there was one.
func signInForm(f frame, email, mistake string, providers []providerLink) markup {
	const (
		alert   = `<p class="mistake" id="mistake" role="alert">{mistake}</p>` + "\n"
		invalid = ` aria-describedby="mistake" aria-invalid="true"`
		focus   = ` autofocus`
	)
	return f.fill(signInPage).
		put("mistake", markup(alert).when(mistake != "")).text("mistake", mistake).
		put("invalid", markup(invalid).when(mistake != "")).
		put("at email", markup(focus).when(email == "")).
		put("at password", markup(focus).when(email != "")).
		put("providers", providerLinks(providers)).
		text("email", email)
}

func providerLinks(providers []providerLink) markup {
	const (
		list = `<section aria-labelledby="others">
<h2 id="others">Or sign in with</h2>
<ul class="providers">{links}
</ul>
</section>`
		link = "\n" + `<li><a class="button" href="{address}">{name}</a></li>`
	)
	var links markup
	for _, p := range providers {
		links += markup(link).text("address", p.Address).text("name", p.Name)
	}
	return markup(list).put("links", links).when(len(providers) > 0)
}

// consentForm asks whether an application may have what it wishes; target is
// where the browser goes then.
func consentForm(f frame, email string, wishes []string, target string) markup {
	var items markup
	for _, wish := range wishes {
		items += markup("\n<li>{wish}</li>").text("wish", wish)
	}
	return f.fill(consentPage).text("email", email).put("wishes", items).text("target", target)
}

// show answers with a page that loads nothing from elsewhere, runs no script,
// cannot be framed, and whose forms lead to us or to target alone.
func show(w http.ResponseWriter, status int, title string, content markup, target string) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self' "+target+
		"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, string(layoutPage.text("title", title).put("content", content))) //nolint:errcheck // the client has gone
}

func serveStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	w.Write(style) //nolint:errcheck // the client has gone
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
