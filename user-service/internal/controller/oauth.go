package controller

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

const (
	// maxForm bounds a form's body in bytes.
	maxForm = 64 << 10
	// oauthPatience bounds how long a request of OAuth2 may take.
	oauthPatience = 15 * time.Second
)

// OAuth answers the routes of OAuth2 and OpenID Connect that applications call:
// forms in, JSON out, failures in the words of RFC 6749.
type OAuth struct {
	Clients    authenticator
	Grants     grants
	Inspection inspection
	Origins    Origins
	Log        *slog.Logger
}

type authenticator interface {
	Authenticate(ctx context.Context, shown entity.Credentials) (*entity.OAuthClient, error)
}

type grants interface {
	Redeem(ctx context.Context, client *entity.OAuthClient, shown entity.Redemption) (entity.Granted, error)
	Refresh(ctx context.Context, client *entity.OAuthClient, token string, scope []string) (entity.Granted, error)
	Own(client *entity.OAuthClient, asked []string) (entity.Granted, error)
}

type inspection interface {
	Inspect(ctx context.Context, client *entity.OAuthClient, token string) (entity.Inspected, error)
	Revoke(ctx context.Context, client *entity.OAuthClient, token string) error
	Alive(ctx context.Context, sessionID string) error
}

// call is an application's request with the client that it has shown to be.
type call struct {
	client *entity.OAuthClient
	form   entity.Parameters
	device entity.Device
}

// answering returns a route for clients that show who they are. A nil answer is
// an empty 200.
func (o *OAuth) answering(do func(ctx context.Context, c call) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), oauthPatience)
		defer cancel()
		form, err := readForm(w, r)
		if err != nil {
			o.fail(w, r, err)
			return
		}
		client, err := o.authenticate(ctx, r, form)
		if err != nil {
			o.fail(w, r, err)
			return
		}
		answer, err := do(ctx, call{client: client, form: form, device: o.Origins.device(r)})
		if err != nil {
			o.fail(w, r, err)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

// readForm reads a form from the body; what is in the address does not count.
func readForm(w http.ResponseWriter, r *http.Request) (entity.Parameters, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, entity.Refuse(entity.InvalidRequest, "The body is not application/x-www-form-urlencoded.")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return nil, entity.Refuse(entity.InvalidRequest, "The body cannot be read or is too large.")
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, entity.Refuse(entity.InvalidRequest, "The body is not readable.")
	}
	if entity.Parameters(form).Repeated() != "" {
		return nil, entity.Refuse(entity.InvalidRequest, "A parameter is repeated.")
	}
	return entity.Parameters(form), nil
}

// authenticate finds out which client asks, by Basic, by the form, or by the id
// alone for a public one (RFC 6749, 2.3).
func (o *OAuth) authenticate(ctx context.Context, r *http.Request, form entity.Parameters) (*entity.OAuthClient, error) {
	shown := entity.Credentials{ClientID: form.One("client_id"), Secret: form.One("client_secret")}
	if r.Header.Get("Authorization") != "" {
		if shown.Secret != "" {
			return nil, entity.Refuse(entity.InvalidRequest, "The client shows its secret in two ways.")
		}
		name, secret, ok := basicAuth(r)
		if !ok || shown.ClientID != "" && shown.ClientID != name {
			return nil, entity.Refuse(entity.InvalidClient, "The client cannot be told from Authorization.")
		}
		shown = entity.Credentials{ClientID: name, Secret: secret}
	}
	if shown.ClientID == "" {
		return nil, entity.Refuse(entity.InvalidClient, "The client does not say who it is.")
	}
	return o.Clients.Authenticate(ctx, shown)
}

// basicAuth reads HTTP Basic; both parts are encoded as in a form (RFC 6749, 2.3.1).
func basicAuth(r *http.Request) (name, secret string, ok bool) {
	name, secret, ok = r.BasicAuth()
	if !ok {
		return "", "", false
	}
	name, nameErr := url.QueryUnescape(name)
	secret, secretErr := url.QueryUnescape(secret)
	return name, secret, nameErr == nil && secretErr == nil
}

type oauthFailure struct {
	Error       entity.OAuthCode `json:"error"`
	Description string           `json:"error_description"`
}

// fail answers with a failure as RFC 6749, 5.2 has it.
func (o *OAuth) fail(w http.ResponseWriter, r *http.Request, err error) {
	told, status := o.explain(r.Context(), err)
	switch {
	case told.Code == entity.InvalidClient:
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Basic realm="oms", charset="UTF-8"`)
	case status == http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	}
	writeJSON(w, status, oauthFailure{Error: told.Code, Description: told.Description})
}

// explain says a failure in the words of OAuth2, and logs what only we may know.
func (o *OAuth) explain(ctx context.Context, err error) (told *entity.OAuthError, status int) {
	if told, ok := errors.AsType[*entity.OAuthError](err); ok {
		return told, http.StatusBadRequest
	}
	if fault.KindOf(err) == fault.Unavailable || errors.Is(err, context.DeadlineExceeded) {
		o.Log.WarnContext(ctx, "dependency away", "error", err)
		return entity.Refuse(entity.TemporarilyUnavailable, "Something this needs is away for now."), http.StatusServiceUnavailable
	}
	if ctx.Err() == nil {
		o.Log.ErrorContext(ctx, "request failed", "error", err)
	}
	return entity.Refuse(entity.ServerError, "Something broke on our side."), http.StatusInternalServerError
}

// writeJSON answers with JSON that nobody keeps (RFC 6749, 5.1).
func writeJSON(w http.ResponseWriter, status int, body any) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	if body == nil {
		h.Set("Content-Length", strconv.Itoa(0))
		w.WriteHeader(status)
		return
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) //nolint:errcheck,errchkjson // the client has gone
}
