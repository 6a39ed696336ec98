// Package controller is the HTTP side: which routes there are, who may use
// them, and how requests become calls of the service and answers become JSON.
package controller

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type accounts interface {
	Register(ctx context.Context, profile entity.Profile, password string) (*entity.User, error)
	Me(ctx context.Context, by entity.Actor) (*entity.User, error)
	Find(ctx context.Context, userID id.ID) (*entity.User, error)
	Search(ctx context.Context, filter entity.UserFilter, q page.Query) (page.Page[*entity.User], error)
	ChangeProfile(ctx context.Context, by entity.Actor, userID id.ID, match entity.Match, change entity.ProfileChange) (*entity.User, error)
	ChangeRoles(ctx context.Context, userID id.ID, match entity.Match, roles entity.Roles) (*entity.User, error)
}

type passwords interface {
	Change(ctx context.Context, by entity.Actor, old, wanted string) error
}

type sessions interface {
	SignIn(ctx context.Context, email, password string, device entity.Device) (entity.Tokens, error)
	Refresh(ctx context.Context, token string) (entity.Tokens, error)
	SignOut(ctx context.Context, by entity.Actor) error
	SignOutEverywhere(ctx context.Context, by entity.Actor) error
	List(ctx context.Context, by entity.Actor) ([]entity.Session, error)
	End(ctx context.Context, by entity.Actor, sessionID id.ID) error
}

type published interface {
	Published() auth.KeySet
}

type keys interface {
	List(ctx context.Context) ([]entity.SigningKey, error)
	Rotate(ctx context.Context, by entity.Actor) ([]entity.SigningKey, error)
}

type audit interface {
	Search(ctx context.Context, filter entity.DeedFilter, q page.Query) (page.Page[entity.Deed], error)
}

// Controller answers the routes of user-service.
type Controller struct {
	Accounts  accounts
	Passwords passwords
	Sessions  sessions
	Published published
	Keys      keys
	Audit     audit
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
}

// Register adds the routes to an API.
func (c *Controller) Register(api *web.API) {
	ok, nothing := web.Status(http.StatusOK), web.Status(http.StatusNoContent)

	web.Post(api, "/v1/auth/register", "Make an account", web.Public(), c.register, fails(409))
	web.Post(api, "/v1/auth/login", "Sign in", web.Public(), c.login, ok, fails(401, 429))
	web.Post(api, "/v1/auth/refresh", "Trade a refresh token for new tokens", web.Public(), c.refresh, ok, fails(401))
	web.Post(api, "/v1/auth/logout", "Sign out", web.SignedIn(), c.logout, nothing)

	web.Get(api, "/v1/users/me", "Read your account", web.SignedIn(), c.me)
	web.Patch(api, "/v1/users/me", "Change your account", web.SignedIn(), c.changeMe, fails(409, 412))
	web.Put(api, "/v1/users/me/password", "Change your password", web.SignedIn(), c.changePassword, nothing, fails(429))
	web.Get(api, "/v1/users/me/sessions", "See where you are signed in", web.SignedIn(), c.listSessions)
	web.Delete(api, "/v1/users/me/sessions/{id}", "End a session", web.SignedIn(), c.endSession, fails(404))

	web.Get(api, "/v1/users", "Search accounts", web.Admin(), c.search)
	web.Get(api, "/v1/users/{id}", "Read an account", web.Admin(), c.find, fails(404))
	web.Patch(api, "/v1/users/{id}", "Change an account", web.Admin(), c.change, fails(404, 409, 412))
	web.Put(api, "/v1/users/{id}/roles", "Set an account's roles", web.Root(), c.changeRoles, fails(404, 409, 412))

	web.Get(api, "/v1/admin/audit", "See who did what to accounts, clients and keys", web.Root(), c.searchAudit)
	web.Get(api, "/v1/admin/signing-keys", "List the keys that sign access tokens", web.Root(), c.listKeys)
	web.Post(api, "/v1/admin/signing-keys/rotate", "Let another key sign", web.Root(), c.rotateKeys, ok, fails(409))

	web.Get(api, "/.well-known/jwks.json", "The keys that verify access tokens", web.Public(), c.jwks)
}

// fails documents the statuses that a route has besides those of every route.
func fails(statuses ...int) web.Option {
	return func(op *huma.Operation) { op.Errors = append(op.Errors, statuses...) }
}
