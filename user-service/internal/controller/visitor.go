package controller

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// stamps prove that a text comes from us.
type stamps interface {
	Stamp(purpose, text string) string
	Proves(purpose, text, stamp string) bool
	Write(purpose, text string) string
	Read(purpose, stamped string) (text string, ok bool)
}

// The cookies of a browser, both for the pages alone.
const (
	visitorCookie = "oms_visitor" // the session that it is signed in to
	formCookie    = "oms_form"    // ties forms to the browser they were made for
)

func (p *Pages) cookie(name, value string) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/oauth2", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(p.Origins.Issuer, "https:"),
	}
}

// welcome signs the browser in to a session.
func (p *Pages) welcome(w http.ResponseWriter, session entity.Session) {
	http.SetCookie(w, p.cookie(visitorCookie, p.Stamps.Write(visitorCookie, session.ID.String())))
}

// farewell signs the browser out.
func (p *Pages) farewell(w http.ResponseWriter) {
	gone := p.cookie(visitorCookie, "")
	gone.MaxAge = -1
	http.SetCookie(w, gone)
}

// visitor returns who the browser is signed in as.
func (p *Pages) visitor(ctx context.Context, r *http.Request) (entity.Visitor, error) {
	cookie, err := r.Cookie(visitorCookie)
	if err != nil {
		return entity.Visitor{}, nil //nolint:nilerr // nobody is signed in
	}
	text, ok := p.Stamps.Read(visitorCookie, cookie.Value)
	session, err := id.Parse(text)
	if !ok || err != nil {
		return entity.Visitor{}, nil //nolint:nilerr // a cookie that is none of ours is nobody's
	}
	return p.Authorization.Visitor(ctx, session)
}

// proof is the hidden field of a form: it belongs to this browser, to who is
// signed in with it, and to this request. Another site can neither read it nor
// make it.
func (p *Pages) proof(r *http.Request, browser string) string {
	return p.Stamps.Stamp(formCookie, proven(r, browser))
}

// ours reports whether a submitted form is one that this browser got from us.
func (p *Pages) ours(r *http.Request, token string) bool {
	cookie, err := r.Cookie(formCookie)
	return err == nil && cookie.Value != "" && p.Stamps.Proves(formCookie, proven(r, cookie.Value), token)
}

func proven(r *http.Request, browser string) string {
	signedIn := ""
	if cookie, err := r.Cookie(visitorCookie); err == nil {
		signedIn = cookie.Value
	}
	return browser + "\n" + signedIn + "\n" + canonical(r)
}

// canonical is the request's query in one spelling: browsers change others.
func canonical(r *http.Request) string { return r.URL.Query().Encode() }

// newFrame makes a form of this browser's.
func (p *Pages) newFrame(w http.ResponseWriter, r *http.Request, asked entity.Asked) frame {
	browser := ""
	if cookie, err := r.Cookie(formCookie); err == nil {
		browser = cookie.Value
	}
	if browser == "" {
		browser = rand.Text()
		http.SetCookie(w, p.cookie(formCookie, browser))
	}
	return frame{application: asked.Client.Name, token: p.proof(r, browser), query: canonical(r)}
}

func (p *Pages) showSignIn(w http.ResponseWriter, r *http.Request, asked entity.Asked, status int, email, mistake string) {
	title := "Sign in"
	if mistake != "" {
		title = "Sign in: try again"
	}
	form := signInForm(p.newFrame(w, r, asked), email, mistake, p.Outside.links(canonical(r)))
	show(w, status, title, form, entity.FormTarget(asked.RedirectURI))
}

func (p *Pages) showConsent(w http.ResponseWriter, r *http.Request, asked entity.Asked, v entity.Visitor) {
	to := asked.RedirectURI
	if target, err := url.Parse(asked.RedirectURI); err == nil && target.Host != "" {
		to = target.Host
	}
	form := consentForm(p.newFrame(w, r, asked), v.User.Email, wishes(asked.Scopes), to)
	show(w, http.StatusOK, "Allow "+asked.Client.Name+"?", form, entity.FormTarget(asked.RedirectURI))
}

func (p *Pages) showFailure(w http.ResponseWriter, status int, message string) {
	show(w, status, "This does not work", failurePage.text("message", message), "")
}
