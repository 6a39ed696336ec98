package service

import (
	"context"
	"slices"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// consentStore keeps what people allow applications.
type consentStore interface {
	List(ctx context.Context, userID id.ID) ([]entity.Consent, error)
	Save(ctx context.Context, c entity.Consent) error
	Delete(ctx context.Context, userID id.ID, clientID string) error
}

// identityReader tells whom an ID token of ours for a client is about; "" if it
// is none.
type identityReader interface {
	Hinted(ctx context.Context, token, clientID string) (subject string)
}

// Authorization leads a person from an application's request to a code for it.
type Authorization struct {
	clients  *Clients
	codes    codeStore
	consents consentStore
	sessions *Sessions
	identity identityReader
	text     func() string // a random one
	now      func() time.Time
}

// NewAuthorization returns the way to codes. text gives random ones.
func NewAuthorization(clients *Clients, codes codeStore, consents consentStore, sessions *Sessions, identity identityReader, text func() string, now func() time.Time) *Authorization {
	return &Authorization{clients: clients, codes: codes, consents: consents, sessions: sessions, identity: identity, text: text, now: now}
}

// Read reads an application's request. Its mistakes are OAuthErrors.
func (a *Authorization) Read(ctx context.Context, p entity.Parameters) (entity.Asked, error) {
	if len(p["client_id"]) != 1 || len(p["redirect_uri"]) != 1 {
		return entity.Asked{}, entity.Refuse(entity.InvalidRequest, "client_id or redirect_uri is missing or repeated.")
	}
	client, err := a.clients.Find(ctx, p.One("client_id"))
	if isNotFound(err) {
		return entity.Asked{}, entity.Refuse(entity.InvalidClient, "The application is not known here.")
	}
	if err != nil {
		return entity.Asked{}, err
	}
	if !client.RedirectsTo(p.One("redirect_uri")) {
		return entity.Asked{}, entity.Refuse(entity.InvalidRequest, "The application has not registered this redirect_uri.")
	}
	request, err := entity.ReadAuthorization(p, client)
	return entity.Asked{AuthorizationRequest: request, Client: client}, err
}

// Visitor returns who is signed in by a session of the pages; nobody when it is
// over.
func (a *Authorization) Visitor(ctx context.Context, sessionID id.ID) (entity.Visitor, error) {
	session, err := a.sessions.store.Find(ctx, sessionID)
	if isNotFound(err) || err == nil && session.ClientID != entity.PagesClient {
		return entity.Visitor{}, nil
	}
	if err != nil {
		return entity.Visitor{}, err
	}
	user, err := a.sessions.users.Find(ctx, session.UserID)
	if isNotFound(err) {
		return entity.Visitor{}, nil
	}
	return entity.Visitor{User: user, Session: session}, err
}

// Next decides what comes next for a visitor.
func (a *Authorization) Next(ctx context.Context, asked entity.Asked, v entity.Visitor) (entity.Step, error) {
	if v.User != nil && asked.Hint != "" {
		// The application means somebody else.
		if hinted := a.identity.Hinted(ctx, asked.Hint, asked.ClientID); hinted != "" && hinted != v.User.ID.String() {
			v = entity.Visitor{}
		}
	}
	var agreed []string
	if v.User != nil {
		consent, err := a.consent(ctx, v.User.ID, asked.ClientID)
		if err != nil {
			return 0, err
		}
		agreed = consent.Scopes
	}
	return asked.Next(v.SignedInAt(), agreed, a.now())
}

func (a *Authorization) consent(ctx context.Context, userID id.ID, clientID string) (entity.Consent, error) {
	all, err := a.consents.List(ctx, userID)
	if i := slices.IndexFunc(all, func(c entity.Consent) bool { return c.ClientID == clientID }); i >= 0 {
		return all[i], err
	}
	return entity.Consent{UserID: userID, ClientID: clientID}, err
}

// Agree remembers that a visitor allows what is asked, besides what they allowed
// before.
func (a *Authorization) Agree(ctx context.Context, asked entity.Asked, v entity.Visitor) error {
	consent, err := a.consent(ctx, v.User.ID, asked.ClientID)
	if err != nil {
		return err
	}
	for _, scope := range asked.Scopes {
		if !slices.Contains(consent.Scopes, scope) {
			consent.Scopes = append(consent.Scopes, scope)
		}
	}
	consent.GrantedAt = a.now()
	return a.consents.Save(ctx, consent)
}

// Code returns a code for the application, good once within a minute.
func (a *Authorization) Code(ctx context.Context, asked entity.Asked, v entity.Visitor) (string, error) {
	text := a.text()
	return text, a.codes.Save(ctx, text, entity.Code{
		ClientID: asked.ClientID, RedirectURI: asked.RedirectURI, UserID: v.User.ID, Scope: asked.Scope(),
		Nonce: asked.Nonce, Challenge: asked.Challenge, SignedInAt: v.Session.SignedInAt,
	})
}

// Consents returns what whoever asks allows applications.
func (a *Authorization) Consents(ctx context.Context, by entity.Actor) ([]entity.Consent, error) {
	return a.consents.List(ctx, by.ID)
}

// Withdraw takes a consent back and ends all sessions with that application, or
// fails with fault.NotFound.
func (a *Authorization) Withdraw(ctx context.Context, by entity.Actor, clientID string) error {
	if clientID == entity.OwnClient || clientID == entity.PagesClient {
		return fault.NotFoundf("There is no such consent.")
	}
	if err := a.consents.Delete(ctx, by.ID, clientID); err != nil {
		return err
	}
	sessions, err := a.sessions.store.List(ctx, by.ID)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		if session.ClientID != clientID {
			continue
		}
		if err := a.sessions.store.End(ctx, by.ID, session.ID); err != nil && !isNotFound(err) {
			return err
		}
	}
	return nil
}
