package service

import (
	"context"
	"slices"
	"strings"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// codeStore keeps authorization codes.
type codeStore interface {
	Save(ctx context.Context, text string, code entity.Code) error
	Find(ctx context.Context, text string) (entity.Code, error)
	Take(ctx context.Context, text string, session id.ID) (first id.ID, err error)
}

// identitySigner makes ID tokens.
type identitySigner interface {
	SignIdentity(said entity.IdentityToken) (string, error)
}

// Grants gives tokens to applications that have shown who they are (RFC 6749).
// What an application did wrong is an OAuthError.
type Grants struct {
	codes    codeStore
	sessions *Sessions
	identity identitySigner
}

// NewGrants returns the grants over codes and sessions.
func NewGrants(codes codeStore, sessions *Sessions, identity identitySigner) *Grants {
	return &Grants{codes: codes, sessions: sessions, identity: identity}
}

// Redeem trades a code for tokens, once. A second use ends the session that the
// first one opened: the code may have been stolen.
func (g *Grants) Redeem(ctx context.Context, client *entity.OAuthClient, shown entity.Redemption) (entity.Granted, error) {
	if !client.May(entity.AuthorizationCode) {
		return entity.Granted{}, notAllowed()
	}
	code, err := g.codes.Find(ctx, shown.Code)
	if err != nil {
		return entity.Granted{}, err
	}
	if err := code.Redeem(client, shown.RedirectURI, shown.Verifier); err != nil {
		return entity.Granted{}, err
	}
	user, err := g.sessions.users.Find(ctx, code.UserID)
	if err != nil {
		return entity.Granted{}, asGrant(err)
	}
	// The session comes first: one that a second use does not find could not be
	// ended by it.
	session, err := g.sessions.open(ctx, user, entity.Session{
		ClientID: client.ID, Scope: code.Scope, Device: shown.Device, SignedInAt: code.SignedInAt,
	})
	if err != nil {
		return entity.Granted{}, err
	}
	first, err := g.codes.Take(ctx, shown.Code, session.ID)
	if err != nil || first != session.ID {
		return entity.Granted{}, g.undo(ctx, session, first, err)
	}
	return g.give(client, user, session, code.Nonce)
}

// undo ends a session that shall not be, and that of the first use.
func (g *Grants) undo(ctx context.Context, session entity.Session, first id.ID, cause error) error {
	for _, wrong := range []id.ID{session.ID, first} {
		if err := g.sessions.store.End(ctx, session.UserID, wrong); err != nil && !isNotFound(err) {
			return err
		}
	}
	if cause != nil {
		return cause
	}
	return entity.Refuse(entity.InvalidGrant, "The code was used before; what it gave is revoked.")
}

// Refresh trades a refresh token of the client's for new tokens, whose scope may
// be narrower.
func (g *Grants) Refresh(ctx context.Context, client *entity.OAuthClient, token string, scope []string) (entity.Granted, error) {
	if !client.May(entity.RefreshGrant) {
		return entity.Granted{}, notAllowed()
	}
	user, session, err := g.sessions.trade(ctx, token, func(s entity.Session) error {
		if s.ClientID != client.ID {
			return entity.Refuse(entity.InvalidGrant, "The refresh token was given to another client.")
		}
		if given := entity.ReadScope(s.Scope); slices.ContainsFunc(scope, func(one string) bool { return !slices.Contains(given, one) }) {
			return entity.Refuse(entity.InvalidScope, "The scope is wider than the one that was granted.")
		}
		return nil
	})
	if err != nil {
		return entity.Granted{}, asGrant(err)
	}
	if len(scope) == 0 {
		scope = entity.ReadScope(session.Scope)
	}
	// A ROOT may have taken some from the client since.
	scope = slices.DeleteFunc(scope, func(one string) bool { return !slices.Contains(client.Scopes, one) })
	session.Scope = strings.Join(scope, " ")
	return g.give(client, user, session, "")
}

// Own gives a token to a client in its own name.
func (g *Grants) Own(client *entity.OAuthClient, asked []string) (entity.Granted, error) {
	if !client.May(entity.ClientCredentials) {
		return entity.Granted{}, notAllowed()
	}
	scopes, err := client.OwnScope(asked)
	if err != nil {
		return entity.Granted{}, err
	}
	scope := strings.Join(scopes, " ")
	access, life, err := g.sessions.access.Sign(entity.Claims{Subject: client.ID, ClientID: client.ID, Scope: scope})
	return entity.Granted{Access: access, ExpiresIn: life, Scope: scope}, err
}

// give makes the tokens of a session.
func (g *Grants) give(client *entity.OAuthClient, user *entity.User, session entity.Session, nonce string) (entity.Granted, error) {
	tokens, err := g.sessions.tokens(user, session)
	if err != nil {
		return entity.Granted{}, err
	}
	given := entity.Granted{Access: tokens.Access, ExpiresIn: tokens.ExpiresIn, Scope: session.Scope}
	if client.May(entity.RefreshGrant) {
		given.Refresh = tokens.Refresh
	}
	scopes := entity.ReadScope(session.Scope)
	if !slices.Contains(scopes, entity.ScopeOpenID) {
		return given, nil
	}
	given.Identity, err = g.identity.SignIdentity(entity.IdentityToken{
		Subject: user.ID.String(), Audience: client.ID, Nonce: nonce, SessionID: session.ID.String(),
		AccessToken: given.Access, SignedInAt: session.SignedInAt, About: entity.About(user, scopes),
	})
	return given, err
}

func notAllowed() error {
	return entity.Refuse(entity.UnauthorizedClient, "The client may not use this grant.")
}

// asGrant makes a session, a token or a user that is not good an invalid grant.
func asGrant(err error) error {
	if isNotFound(err) || fault.KindOf(err) == fault.Unauthenticated {
		return entity.Refuse(entity.InvalidGrant, "The grant is not good, or not any more.")
	}
	return err
}
