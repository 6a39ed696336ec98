// Package auth knows who asks: it verifies access tokens (JWT, RS256, RFC 9068)
// against the identity provider's keys and carries the principal through a
// request. It issues nothing.
package auth

import (
	"context"
	"slices"

	"github.com/oms-fleet/oms/common/id"
)

// Role is what a user may do, in the widest strokes.
type Role string

// The roles, from the mightiest.
const (
	Root   Role = "ROOT"
	Admin  Role = "ADMIN"
	Client Role = "CLIENT"
)

// OwnClient is the fleet's own application, which may do all that its user may.
// An application of others needs ShopScope for that, and never gets at the
// account itself.
const (
	OwnClient = "oms"
	ShopScope = "shop"
)

// Principal is who asks: a user, or a service in its own name. The zero
// Principal is nobody.
type Principal struct {
	UserID    id.ID  // zero for a service
	ClientID  string // the OAuth2 client that the token was given to
	Email     string
	Name      string // as shown to others; may be empty
	Roles     []Role
	Scopes    []string
	SessionID string // the refresh family behind the token; empty for services
}

// Is reports whether the principal has the role. ROOT is an ADMIN too.
func (p Principal) Is(role Role) bool {
	return slices.Contains(p.Roles, role) || (role == Admin && slices.Contains(p.Roles, Root))
}

// IsUser reports whether a person asks.
func (p Principal) IsUser() bool { return !p.UserID.IsZero() }

// IsService reports whether a service asks in its own name.
func (p Principal) IsService() bool { return p.UserID.IsZero() && p.ClientID != "" }

// IsOwn reports whether the user signed in to our own application, not to one of
// others.
func (p Principal) IsOwn() bool { return p.ClientID == "" || p.ClientID == OwnClient }

// HasScope reports whether the token was given that scope.
func (p Principal) HasScope(scope string) bool { return slices.Contains(p.Scopes, scope) }

type contextKey struct{}

// With returns a context that carries p.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// From returns who asks, nobody when no token was verified.
func From(ctx context.Context) Principal {
	p, _ := ctx.Value(contextKey{}).(Principal)
	return p
}
