package service

import (
	"context"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// accessReader reads access tokens of ours.
type accessReader interface {
	Read(ctx context.Context, token string) (entity.AccessToken, error)
}

// Inspection tells applications of tokens (RFC 7662) and revokes them (RFC
// 7009).
type Inspection struct {
	access   accessReader
	refresh  refreshTokens
	sessions sessionStore
}

// NewInspection returns the inspection of access and refresh tokens.
func NewInspection(access accessReader, refresh refreshTokens, sessions sessionStore) *Inspection {
	return &Inspection{access: access, refresh: refresh, sessions: sessions}
}

// Inspect tells of a token that is good, and not found of any other. A refresh
// token it tells of only to its own client; an access token to every client that
// keeps a secret, as it may be a resource server.
func (i *Inspection) Inspect(ctx context.Context, client *entity.OAuthClient, token string) (entity.Inspected, error) {
	if client.Public {
		return entity.Inspected{}, entity.Refuse(entity.UnauthorizedClient, "Only clients with a secret may ask about tokens.")
	}
	if refresh, err := i.refresh.Read(token); err == nil {
		session, err := i.sessions.Find(ctx, refresh.Session)
		if err != nil || session.ClientID != client.ID || session.Generation != refresh.Generation {
			return entity.Inspected{}, asInactive(err)
		}
		return entity.Inspected{Active: true, Session: &session}, nil
	}
	access, err := i.access.Read(ctx, token)
	if err != nil {
		return entity.Inspected{}, asInactive(err)
	}
	if err := i.alive(ctx, access.SessionID); err != nil {
		return entity.Inspected{}, asInactive(err)
	}
	return entity.Inspected{Active: true, Access: &access}, nil
}

// Alive fails with fault.Unauthenticated when the session behind a token is
// over; a token without one is alive.
func (i *Inspection) Alive(ctx context.Context, sessionID string) error {
	return over(i.alive(ctx, sessionID))
}

func (i *Inspection) alive(ctx context.Context, sessionID string) error {
	if sessionID == "" {
		return nil
	}
	session, err := id.Parse(sessionID)
	if err != nil {
		return fault.NotFoundf("There is no such session.")
	}
	_, err = i.sessions.Find(ctx, session)
	return err
}

// Revoke ends the session that a token of the client's belongs to; to an unknown
// token nothing happens (RFC 7009, 2.2). Access tokens already given are good
// for resource servers until they expire.
func (i *Inspection) Revoke(ctx context.Context, client *entity.OAuthClient, token string) error {
	var sessionID id.ID
	if refresh, err := i.refresh.Read(token); err == nil {
		sessionID = refresh.Session
	} else if access, err := i.access.Read(ctx, token); err == nil {
		sessionID, err = id.Parse(access.SessionID)
		if err != nil {
			return nil // a service's own token: there is nothing to end
		}
	} else {
		return asInactive(err)
	}
	session, err := i.sessions.Find(ctx, sessionID)
	if err != nil {
		return asInactive(err)
	}
	if session.ClientID != client.ID {
		return nil
	}
	return asInactive(i.sessions.End(ctx, session.UserID, session.ID))
}

// asInactive passes on only what is not the token's fault.
func asInactive(err error) error {
	if isNotFound(err) || fault.KindOf(err) == fault.Unauthenticated {
		return nil
	}
	return err
}
