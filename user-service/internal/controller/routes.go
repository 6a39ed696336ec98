package controller

import (
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/web"
)

// Controller answers the typed routes of user-service: JSON in, JSON out.
type Controller struct {
	Accounts   accounts
	Passwords  passwords
	Sessions   sessions
	Published  published
	Keys       keys
	Audit      audit
	Clients    clients
	Consents   consents
	Inspection liveness
	Privacy    privacy
	Proxies    []netip.Prefix // whose X-Forwarded-For is believed
}

// Register adds the routes to an API.
func (c *Controller) Register(api *web.API) {
	ok, nothing := web.Status(http.StatusOK), web.Status(http.StatusNoContent)

	web.Post(api, "/v1/auth/register", "Make an account", web.Public(), c.register, fails(409))
	web.Post(api, "/v1/auth/login", "Sign in", web.Public(), c.login, ok, fails(401, 429))
	web.Post(api, "/v1/auth/refresh", "Trade a refresh token for new tokens", web.Public(), c.refresh, ok, fails(401))
	web.Post(api, "/v1/auth/logout", "Sign out", web.Own(), c.logout, nothing)

	web.Get(api, "/v1/users/me", "Read your account", web.SignedIn(), c.me)
	web.Patch(api, "/v1/users/me", "Change your account", web.Own(), c.changeMe, fails(409, 412))
	web.Put(api, "/v1/users/me/password", "Change your password", web.Own(), c.changePassword, nothing, fails(429))
	web.Get(api, "/v1/users/me/sessions", "See where you are signed in", web.Own(), c.listSessions)
	web.Delete(api, "/v1/users/me/sessions/{id}", "End a session", web.Own(), c.endSession, fails(404))
	web.Get(api, "/v1/users/me/consents", "See what you allow applications", web.Own(), c.listConsents)
	web.Delete(api, "/v1/users/me/consents/{clientId}", "Take back what you allow an application", web.Own(), c.withdrawConsent, fails(404))

	web.Get(api, "/v1/users/me/export", "Take all that is kept about you", web.Own(), c.export)
	web.Delete(api, "/v1/users/me", "Erase your account", web.Own(), c.erase, fails(409))

	web.Get(api, "/v1/users", "Search accounts", web.Admin(), c.search)
	web.Get(api, "/v1/users/{id}", "Read an account", web.Admin(), c.find, fails(404))
	web.Patch(api, "/v1/users/{id}", "Change an account", web.Admin(), c.change, fails(404, 409, 412))
	web.Put(api, "/v1/users/{id}/roles", "Set an account's roles", web.Root(), c.changeRoles, fails(404, 409, 412))

	web.Get(api, "/v1/admin/audit", "See who did what to accounts, clients and keys", web.Root(), c.searchAudit)
	web.Get(api, "/v1/admin/signing-keys", "List the keys that sign access tokens", web.Root(), c.listKeys)
	web.Post(api, "/v1/admin/signing-keys/rotate", "Let another key sign", web.Root(), c.rotateKeys, ok, fails(409))
	web.Get(api, "/v1/admin/oauth-clients", "List the applications that may ask for tokens", web.Root(), c.listClients)
	web.Post(api, "/v1/admin/oauth-clients", "Register an application", web.Root(), c.createClient, fails(409))
	web.Get(api, "/v1/admin/oauth-clients/{id}", "Read an application", web.Root(), c.findClient, fails(404))
	web.Patch(api, "/v1/admin/oauth-clients/{id}", "Change an application", web.Root(), c.changeClient, fails(404))
	web.Delete(api, "/v1/admin/oauth-clients/{id}", "Remove an application", web.Root(), c.deleteClient, fails(404))

	web.Get(api, "/oauth2/userinfo", "Tell an application who you are", web.Scoped("openid"), c.userInfo)
	web.Post(api, "/oauth2/userinfo", "Tell an application who you are", web.Scoped("openid"), c.userInfo, ok)
	web.Get(api, "/.well-known/jwks.json", "The keys that verify access tokens", web.Public(), c.jwks)
}

// fails documents the statuses that a route has besides those of every route.
func fails(statuses ...int) web.Option {
	return func(op *huma.Operation) { op.Errors = append(op.Errors, statuses...) }
}

// RegisterOAuth adds the routes that applications and browsers use, which speak
// forms and HTML.
func RegisterOAuth(api *web.API, o *OAuth, p *Pages) {
	r := api.Router()
	r.Post("/oauth2/token", o.answering(o.token))
	r.Post("/oauth2/revoke", o.answering(o.revoke))
	r.Post("/oauth2/introspect", o.answering(o.introspect))
	r.Get("/.well-known/openid-configuration", o.describe())
	r.Get("/.well-known/oauth-authorization-server", o.describe())

	r.Get("/oauth2/authorize", p.authorize)
	r.Post("/oauth2/authorize", p.authorize)
	r.Post("/oauth2/sign-in", p.signIn)
	r.Post("/oauth2/consent", p.consent)
	r.Post("/oauth2/sign-out", p.signOut)
	r.Get("/oauth2/providers/{name}", p.leave)
	r.Get("/oauth2/providers/{name}/callback", p.comeBack)
	r.Get("/oauth2/style.css", serveStyle)
}
