package controller

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Pages leads people from an application's request through sign-in and consent
// back to the application. A page's form carries the request in its address, so
// nothing is kept between the steps but cookies.
type Pages struct {
	Authorization authorization
	Sessions      browserSessions
	Stamps        stamps
	Outside       Outside
	Origins       Origins
	Log           *slog.Logger
}

type authorization interface {
	Read(ctx context.Context, p entity.Parameters) (entity.Asked, error)
	Visitor(ctx context.Context, sessionID id.ID) (entity.Visitor, error)
	Next(ctx context.Context, asked entity.Asked, v entity.Visitor) (entity.Step, error)
	Agree(ctx context.Context, asked entity.Asked, v entity.Visitor) error
	Code(ctx context.Context, asked entity.Asked, v entity.Visitor) (string, error)
}

type browserSessions interface {
	SignInBrowser(ctx context.Context, email, password string, device entity.Device) (entity.Session, error)
	End(ctx context.Context, by entity.Actor, sessionID id.ID) error
}

// authorize answers an application's request, which a browser brings. A POST is
// as good as a GET (OpenID Connect Core, 3.1.2.1).
func (p *Pages) authorize(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), oauthPatience)
	defer cancel()
	if r.Method == http.MethodPost {
		form, err := readForm(w, r)
		if err != nil {
			p.fail(w, r, entity.Asked{}, err)
			return
		}
		seeOther(w, "/oauth2/authorize?"+url.Values(form).Encode())
		return
	}
	asked, err := p.read(ctx, r)
	if err != nil {
		p.fail(w, r, asked, err)
		return
	}
	visitor, err := p.visitor(ctx, r)
	if err != nil {
		p.fail(w, r, asked, err)
		return
	}
	step, err := p.Authorization.Next(ctx, asked, visitor)
	switch {
	case err != nil:
		p.fail(w, r, asked, err)
	case step == entity.SignIn:
		p.showSignIn(w, r, asked, http.StatusOK, asked.LoginHint, "")
	case step == entity.AskConsent:
		p.showConsent(w, r, asked, visitor)
	default:
		p.finish(ctx, w, r, asked, visitor)
	}
}

// read reads the application's request from the address.
func (p *Pages) read(ctx context.Context, r *http.Request) (entity.Asked, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || len(r.URL.RawQuery) > maxForm {
		return entity.Asked{}, entity.Refuse(entity.InvalidRequest, "The request is not readable.")
	}
	return p.Authorization.Read(ctx, entity.Parameters(query))
}

// signIn takes the sign-in form.
func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) {
	p.submitted(w, r, func(ctx context.Context, asked entity.Asked, _ entity.Visitor, form entity.Parameters) error {
		session, err := p.Sessions.SignInBrowser(ctx, form.One("email"), form.One("password"), p.Origins.device(r))
		if kind := fault.KindOf(err); kind == fault.Unauthenticated || kind == fault.TooMany || kind == fault.Unavailable {
			refused, _ := errors.AsType[*fault.Error](err)
			status := map[fault.Kind]int{fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable}[kind]
			if status == 0 {
				status = http.StatusUnauthorized
				w.Header().Set("WWW-Authenticate", `FormBased realm="oms"`)
			} else {
				w.Header().Set("Retry-After", strconv.Itoa(max(1, int(refused.RetryAfter/time.Second))))
			}
			p.showSignIn(w, r, asked, status, form.One("email"), refused.Message)
			return nil
		}
		if err != nil {
			return err
		}
		p.welcome(w, session)
		seeOther(w, "/oauth2/authorize?"+satisfied(r.URL.RawQuery))
		return nil
	})
}

// satisfied is a request without the wishes that a fresh sign-in has fulfilled.
func satisfied(rawQuery string) string {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return rawQuery
	}
	query.Del("max_age")
	query.Del("id_token_hint")
	if prompts := entity.ReadScope(query.Get("prompt")); len(prompts) > 0 {
		query.Del("prompt")
		for _, prompt := range prompts {
			if prompt == "consent" {
				query.Set("prompt", prompt)
			}
		}
	}
	return query.Encode()
}

// consent takes the consent form.
func (p *Pages) consent(w http.ResponseWriter, r *http.Request) {
	p.submitted(w, r, func(ctx context.Context, asked entity.Asked, v entity.Visitor, form entity.Parameters) error {
		if v.User == nil {
			seeOther(w, "/oauth2/authorize?"+r.URL.RawQuery)
			return nil
		}
		if form.One("decision") != "allow" {
			return entity.Refuse(entity.AccessDenied, "The person does not allow it.")
		}
		if err := p.Authorization.Agree(ctx, asked, v); err != nil {
			return err
		}
		p.finish(ctx, w, r, asked, v)
		return nil
	})
}

// signOut takes the wish to use another account.
func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) {
	p.submitted(w, r, func(ctx context.Context, _ entity.Asked, v entity.Visitor, _ entity.Parameters) error {
		if v.User != nil {
			err := p.Sessions.End(ctx, entity.Actor{ID: v.User.ID}, v.Session.ID)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
		}
		p.farewell(w)
		seeOther(w, "/oauth2/authorize?"+r.URL.RawQuery)
		return nil
	})
}

// submitted reads a form of ours, which proves that it is, and hands it on.
func (p *Pages) submitted(w http.ResponseWriter, r *http.Request,
	do func(ctx context.Context, asked entity.Asked, v entity.Visitor, form entity.Parameters) error) {
	ctx, cancel := context.WithTimeout(r.Context(), oauthPatience)
	defer cancel()
	asked, err := p.read(ctx, r)
	if err != nil {
		p.fail(w, r, asked, err)
		return
	}
	form, err := readForm(w, r)
	if err == nil && !p.ours(r, form.One("token")) {
		p.showFailure(w, http.StatusForbidden, "This form is too old, or does not come from here.")
		return
	}
	if err != nil {
		p.fail(w, r, entity.Asked{}, err)
		return
	}
	visitor, err := p.visitor(ctx, r)
	if err == nil {
		err = do(ctx, asked, visitor, form)
	}
	if err != nil {
		p.fail(w, r, asked, err)
	}
}

// finish sends the browser back to the application with a code.
func (p *Pages) finish(ctx context.Context, w http.ResponseWriter, r *http.Request, asked entity.Asked, v entity.Visitor) {
	code, err := p.Authorization.Code(ctx, asked, v)
	if err != nil {
		p.fail(w, r, asked, err)
		return
	}
	p.sendBack(w, asked, url.Values{"code": {code}})
}

// sendBack redirects to the application with its state, and with the issuer so
// that it can tell providers apart (RFC 9207).
func (p *Pages) sendBack(w http.ResponseWriter, asked entity.Asked, said url.Values) {
	said.Set("iss", p.Origins.Issuer)
	if asked.State != "" {
		said.Set("state", asked.State)
	}
	seeOther(w, entity.WithParameters(asked.RedirectURI, said))
}

// fail tells a failure to the application where that is known to be one, and to
// the person otherwise.
func (p *Pages) fail(w http.ResponseWriter, r *http.Request, asked entity.Asked, err error) {
	refused, ok := errors.AsType[*entity.OAuthError](err)
	switch {
	case ok && asked.Client != nil:
		p.sendBack(w, asked, url.Values{"error": {string(refused.Code)}, "error_description": {refused.Description}})
	case ok:
		p.showFailure(w, http.StatusBadRequest, refused.Description)
	case fault.KindOf(err) == fault.Unavailable || errors.Is(err, context.DeadlineExceeded):
		p.Log.WarnContext(r.Context(), "dependency away", "path", r.URL.Path, "error", err)
		w.Header().Set("Retry-After", "1")
		p.showFailure(w, http.StatusServiceUnavailable, "Something this needs is away for now.")
	default:
		p.Log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
		p.showFailure(w, http.StatusInternalServerError, "Something broke on our side.")
	}
}

func seeOther(w http.ResponseWriter, address string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", strings.ReplaceAll(address, "\n", ""))
	w.WriteHeader(http.StatusSeeOther)
}
