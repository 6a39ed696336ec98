package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
)

// bearer names the security scheme in the documentation.
const bearer = "bearer"

// Access says who may use a route.
type Access struct {
	kind  accessKind
	role  auth.Role
	scope string // empty for a user who comes by our own application
}

type accessKind int

const (
	anyone   accessKind = iota // no token is looked at
	optional                   // a token is not needed, but one that is sent must be valid
	user                       // a person, with the role if one is named
	anyApp                     // a person by any application, with the scope
	service                    // a service, with the scope
)

// Public is for everyone; a token is not even looked at.
func Public() Access { return Access{kind: anyone} }

// Optional is for everyone; who sends a valid token may be told more.
func Optional() Access { return Access{kind: optional} }

// SignedIn is for every user, by our own application or by one of others that
// was given auth.ShopScope.
func SignedIn() Access { return Access{kind: user, scope: auth.ShopScope} }

// Own is for every user by our own application: what concerns the account
// itself is not for those of others.
func Own() Access { return Access{kind: user} }

// Scoped is for users by any application that was given the scope.
func Scoped(scope string) Access { return Access{kind: anyApp, scope: scope} }

// Admin is for users with the role ADMIN or ROOT, by our own application.
func Admin() Access { return Access{kind: user, role: auth.Admin} }

// Root is for users with the role ROOT, by our own application.
func Root() Access { return Access{kind: user, role: auth.Root} }

// Service is for services whose own token has the scope; users are refused.
func Service(scope string) Access { return Access{kind: service, scope: scope} }

// failures lists the statuses that the documentation shows besides success.
func (a Access) failures() []int {
	found := []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable}
	switch {
	case a.kind == optional:
		return append(found, http.StatusUnauthorized)
	case a.kind != anyone:
		return append(found, http.StatusUnauthorized, http.StatusForbidden)
	}
	return found
}

// security tells the documentation which tokens a route takes.
func (a Access) security() []map[string][]string {
	switch a.kind {
	case anyone:
		return nil
	case optional:
		return []map[string][]string{{bearer: {}}, {}}
	default:
		return []map[string][]string{{bearer: {}}}
	}
}

// identify returns who sent the Authorization header, nobody where none is
// needed and none came.
func (a *API) identify(ctx context.Context, access Access, header string) (auth.Principal, error) {
	if access.kind == anyone || (access.kind == optional && header == "") {
		return auth.Principal{}, nil
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return auth.Principal{}, fault.New(fault.CodeUnauthenticated, "This needs an access token: Authorization: Bearer …")
	}
	return a.Verifier.Verify(ctx, strings.TrimSpace(token))
}

// allows holds the principal against the rule.
func (a Access) allows(p auth.Principal) error {
	switch {
	case (a.kind == user || a.kind == anyApp) && !p.IsUser():
		return fault.New(fault.CodeForbidden, "This is for users, not for services.")
	case a.kind == user && a.role != "" && !p.Is(a.role):
		return fault.New(fault.CodeForbidden, "This needs the role %s.", a.role)
	case a.kind == user && !p.IsOwn() && a.scope == "":
		return fault.New(fault.CodeForbidden, "This is not for applications of others.")
	case a.kind == user && !p.IsOwn() && !p.HasScope(a.scope), a.kind == anyApp && !p.HasScope(a.scope):
		return fault.New(fault.CodeForbidden, "This needs the scope %s.", a.scope)
	case a.kind == service && !p.IsService():
		return fault.New(fault.CodeForbidden, "This is for services, not for users.")
	case a.kind == service && !p.HasScope(a.scope):
		return fault.New(fault.CodeForbidden, "This needs the scope %s.", a.scope)
	}
	return nil
}
