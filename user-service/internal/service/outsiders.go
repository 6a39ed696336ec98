package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// identityStore keeps how other providers know people.
type identityStore interface {
	Find(ctx context.Context, issuer, subject string) (id.ID, error)
	Create(ctx context.Context, user *entity.User, identity entity.Identity) error
}

// byEmail finds accounts.
type byEmail interface {
	Find(ctx context.Context, userID id.ID) (*entity.User, error)
	FindByEmail(ctx context.Context, email string) (*entity.User, error)
}

// Outsiders are people for whom another provider vouches. They are known by
// issuer and subject alone, never by an e-mail address.
type Outsiders struct {
	identities identityStore
	users      byEmail
	sessions   *Sessions
	now        func() time.Time
}

// NewOutsiders returns the people that other providers vouch for.
func NewOutsiders(identities identityStore, users byEmail, sessions *Sessions, now func() time.Time) *Outsiders {
	return &Outsiders{identities: identities, users: users, sessions: sessions, now: now}
}

// SignIn signs a browser in to the pages as an outsider, whose account is made
// at the first time.
func (o *Outsiders) SignIn(ctx context.Context, who entity.Outsider, device entity.Device) (entity.Session, error) {
	userID, err := o.identities.Find(ctx, who.Issuer, who.Subject)
	if isNotFound(err) {
		return o.welcome(ctx, who, device)
	}
	if err != nil {
		return entity.Session{}, err
	}
	user, err := o.users.Find(ctx, userID)
	if err != nil {
		return entity.Session{}, err
	}
	return o.sessions.OpenBrowser(ctx, user, device)
}

func (o *Outsiders) welcome(ctx context.Context, who entity.Outsider, device entity.Device) (entity.Session, error) {
	_, err := o.users.FindByEmail(ctx, who.Email)
	if err != nil && !isNotFound(err) {
		return entity.Session{}, err
	}
	userID, idErr := id.New()
	if idErr != nil {
		return entity.Session{}, idErr
	}
	user := entity.Register(userID, who.Profile(err != nil), "", entity.Client)
	identity := entity.Identity{Issuer: who.Issuer, Subject: who.Subject, UserID: userID, CreatedAt: o.now()}
	if err := o.identities.Create(ctx, user, identity); err != nil {
		return entity.Session{}, err
	}
	return o.sessions.OpenBrowser(ctx, user, device)
}
