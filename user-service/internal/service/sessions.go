package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// sessionStore keeps sessions.
type sessionStore interface {
	Open(ctx context.Context, s entity.Session) (entity.Session, error)
	Find(ctx context.Context, sessionID id.ID) (entity.Session, error)
	Rotate(ctx context.Context, token entity.RefreshToken) (entity.Session, error)
	List(ctx context.Context, userID id.ID) ([]entity.Session, error)
	End(ctx context.Context, userID, sessionID id.ID) error
	EndAll(ctx context.Context, userID, but id.ID) error
}

// userFinder finds a user.
type userFinder interface {
	Find(ctx context.Context, userID id.ID) (*entity.User, error)
}

// signer makes access tokens.
type signer interface {
	Sign(said entity.Claims) (token string, life time.Duration, err error)
}

// refreshTokens writes and reads refresh tokens.
type refreshTokens interface {
	Write(token entity.RefreshToken) string
	Read(text string) (entity.RefreshToken, error)
}

// Sessions is signing in, staying in and signing out.
type Sessions struct {
	store     sessionStore
	users     userFinder
	passwords *Passwords
	access    signer
	refresh   refreshTokens
}

// NewSessions returns the sessions in a store.
func NewSessions(store sessionStore, users userFinder, passwords *Passwords, access signer, refresh refreshTokens) *Sessions {
	return &Sessions{store: store, users: users, passwords: passwords, access: access, refresh: refresh}
}

// SignIn opens a session of our own application for whoever knows the password.
func (s *Sessions) SignIn(ctx context.Context, email, password string, device entity.Device) (entity.Tokens, error) {
	user, err := s.passwords.Check(ctx, email, password, device.Address)
	if err != nil {
		return entity.Tokens{}, err
	}
	session, err := s.open(ctx, user, entity.Session{ClientID: entity.OwnClient, Scope: entity.OwnScope, Device: device})
	if err != nil {
		return entity.Tokens{}, err
	}
	return s.tokens(user, session)
}

// SignInBrowser signs a browser in to the pages, for whoever knows the password.
func (s *Sessions) SignInBrowser(ctx context.Context, email, password string, device entity.Device) (entity.Session, error) {
	user, err := s.passwords.Check(ctx, email, password, device.Address)
	if err != nil {
		return entity.Session{}, err
	}
	return s.OpenBrowser(ctx, user, device)
}

// OpenBrowser signs a browser in to the pages as someone who has shown who they
// are.
func (s *Sessions) OpenBrowser(ctx context.Context, user *entity.User, device entity.Device) (entity.Session, error) {
	return s.open(ctx, user, entity.Session{ClientID: entity.PagesClient, Device: device})
}

// open opens a session of a user's under a fresh id.
func (s *Sessions) open(ctx context.Context, user *entity.User, session entity.Session) (entity.Session, error) {
	sessionID, err := id.New()
	if err != nil {
		return entity.Session{}, err
	}
	session.ID, session.UserID = sessionID, user.ID
	return s.store.Open(ctx, session)
}

// Refresh trades a refresh token of our own application for new tokens, which
// say what is true of the user now. A token that is not good, or not any more,
// is fault.Unauthenticated.
func (s *Sessions) Refresh(ctx context.Context, text string) (entity.Tokens, error) {
	user, session, err := s.trade(ctx, text, func(session entity.Session) error {
		if session.ClientID != entity.OwnClient {
			return fault.New(fault.CodeUnauthenticated, "The refresh token was given to another application.")
		}
		return nil
	})
	if err != nil {
		return entity.Tokens{}, err
	}
	return s.tokens(user, session)
}

// trade uses a refresh token up, if check accepts its session. All that may be
// away is asked before.
func (s *Sessions) trade(ctx context.Context, text string, check func(entity.Session) error) (*entity.User, entity.Session, error) {
	token, err := s.refresh.Read(text)
	if err != nil {
		return nil, entity.Session{}, err
	}
	session, err := s.store.Find(ctx, token.Session)
	if err != nil {
		return nil, session, over(err)
	}
	if err := check(session); err != nil {
		return nil, session, err
	}
	user, err := s.users.Find(ctx, session.UserID)
	if err != nil {
		return nil, session, over(err)
	}
	session, err = s.store.Rotate(ctx, token)
	return user, session, err
}

// over makes a session or a user that is gone the end of the session.
func over(err error) error {
	if isNotFound(err) {
		return fault.New(fault.CodeUnauthenticated, "The session is over; sign in again.").Because(err)
	}
	return err
}

func (s *Sessions) tokens(user *entity.User, session entity.Session) (entity.Tokens, error) {
	access, life, err := s.access.Sign(entity.ClaimsOf(user, session))
	if err != nil {
		return entity.Tokens{}, err
	}
	refresh := s.refresh.Write(entity.RefreshToken{Session: session.ID, Generation: session.Generation})
	return entity.Tokens{Access: access, Refresh: refresh, ExpiresIn: life, User: user}, nil
}

// SignOut ends the session that the token belongs to. It may be repeated.
func (s *Sessions) SignOut(ctx context.Context, by entity.Actor) error {
	err := s.store.End(ctx, by.ID, by.SessionID)
	if isNotFound(err) {
		return nil
	}
	return err
}

// SignOutEverywhere ends every session of the user.
func (s *Sessions) SignOutEverywhere(ctx context.Context, by entity.Actor) error {
	return s.store.EndAll(ctx, by.ID, id.ID{})
}

// List returns the user's sessions, the newest first.
func (s *Sessions) List(ctx context.Context, by entity.Actor) ([]entity.Session, error) {
	return s.store.List(ctx, by.ID)
}

// End ends one of the user's sessions, or fails with fault.NotFound.
func (s *Sessions) End(ctx context.Context, by entity.Actor, sessionID id.ID) error {
	return s.store.End(ctx, by.ID, sessionID)
}
