package controller

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Outside is signing in with other providers.
type Outside struct {
	Providers []NamedProvider
	Outsiders outsiders
	Attempts  attempts
	Now       func() time.Time
}

// NamedProvider is another provider under the name that people see.
type NamedProvider struct {
	Name     string
	Provider provider
}

type provider interface {
	Begin(ctx context.Context, anew bool) (address string, attempt entity.Attempt, err error)
	Finish(ctx context.Context, attempt entity.Attempt, code, issuer string) (entity.Outsider, error)
}

type outsiders interface {
	SignIn(ctx context.Context, who entity.Outsider, device entity.Device) (entity.Session, error)
}

type attempts interface {
	Write(attempt entity.Attempt) (string, error)
	Read(text string) entity.Attempt
}

// attemptCookie remembers a sign-in with another provider that is under way.
const attemptCookie = "oms_attempt"

// links are the ways from the sign-in page to other providers.
func (o *Outside) links(query string) []providerLink {
	links := make([]providerLink, len(o.Providers))
	for i, p := range o.Providers {
		links[i] = providerLink{Name: p.Name, Address: "/oauth2/providers/" + url.PathEscape(p.Name) + "?" + query}
	}
	return links
}

// named returns the provider that a path names, nil if there is none.
func (o *Outside) named(r *http.Request) (name string, found provider) {
	name, err := url.PathUnescape(chi.URLParam(r, "name"))
	i := slices.IndexFunc(o.Providers, func(p NamedProvider) bool { return p.Name == name })
	if err != nil || i < 0 {
		return "", nil
	}
	return name, o.Providers[i].Provider
}

// leave sends the browser to another provider.
func (p *Pages) leave(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), oauthPatience)
	defer cancel()
	asked, err := p.read(ctx, r)
	if err != nil {
		p.fail(w, r, asked, err)
		return
	}
	_, provider := p.Outside.named(r)
	if provider == nil {
		p.showFailure(w, http.StatusNotFound, "There is no such provider.")
		return
	}
	address, attempt, err := provider.Begin(ctx, asked.Prompts("login") || asked.MaxAge != nil)
	if err != nil {
		p.fail(w, r, entity.Asked{}, err)
		return
	}
	attempt.Query, attempt.BegunAt = canonical(r), p.Outside.Now()
	sealed, err := p.Outside.Attempts.Write(attempt)
	if err != nil {
		p.fail(w, r, entity.Asked{}, err)
		return
	}
	cookie := p.cookie(attemptCookie, sealed)
	cookie.MaxAge = int(entity.AttemptLife / time.Second)
	http.SetCookie(w, cookie)
	seeOther(w, address)
}

// comeBack takes another provider's answer.
func (p *Pages) comeBack(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), oauthPatience)
	defer cancel()
	query, who, err := p.identify(ctx, r)
	gone := p.cookie(attemptCookie, "")
	gone.MaxAge = -1
	http.SetCookie(w, gone)
	if err != nil {
		p.fail(w, r, entity.Asked{}, err)
		return
	}
	session, err := p.Outside.Outsiders.SignIn(ctx, who, p.Origins.device(r))
	if err != nil {
		p.fail(w, r, entity.Asked{}, err)
		return
	}
	p.welcome(w, session)
	seeOther(w, "/oauth2/authorize?"+satisfied(query))
}

// identify finds out who comes back, and what the application asked for.
func (p *Pages) identify(ctx context.Context, r *http.Request) (query string, who entity.Outsider, err error) {
	name, provider := p.Outside.named(r)
	answer := entity.Parameters(r.URL.Query())
	cookie, err := r.Cookie(attemptCookie)
	if err != nil || provider == nil || answer.Repeated() != "" {
		return "", who, entity.Refuse(entity.InvalidRequest, "This answer belongs to no sign-in that this browser has begun.")
	}
	attempt := p.Outside.Attempts.Read(cookie.Value)
	if err := attempt.Fits(name, answer.One("state"), p.Outside.Now()); err != nil {
		return "", who, err
	}
	if answer.One("error") != "" || answer.One("code") == "" {
		return "", who, entity.Refuse(entity.AccessDenied, "The other provider has not signed you in.")
	}
	who, err = provider.Finish(ctx, attempt, answer.One("code"), answer.One("iss"))
	return attempt.Query, who, err
}
