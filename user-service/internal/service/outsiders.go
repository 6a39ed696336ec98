package service

import (
	"context"
	"errors"
	"time"

	"github.com/oms-fleet/oms/common/fault"
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

// tries bounds how often a sign-in begins anew that met another one.
const tries = 5

// SignIn signs a browser in to the pages as an outsider, whose account is made
// at the first time: once, however many first times there are at once.
func (o *Outsiders) SignIn(ctx context.Context, who entity.Outsider, device entity.Device) (entity.Session, error) {
	for try := 1; ; try++ {
		user, err := o.account(ctx, who)
		if err == nil {
			return o.sessions.OpenBrowser(ctx, user, device)
		}
		met := isNotFound(err) || fault.CodeOf(err) == fault.CodeEmailTaken || errors.Is(err, entity.ErrIdentityTaken)
		if !met || try == tries {
			return entity.Session{}, err
		}
	}
}

// account returns the account of an outsider, or makes it. It fails when another
// sign-in, or an erasure, comes between; then it is as if it had not been asked.
func (o *Outsiders) account(ctx context.Context, who entity.Outsider) (*entity.User, error) {
	userID, err := o.identities.Find(ctx, who.Issuer, who.Subject)
	if isNotFound(err) {
		return o.welcome(ctx, who)
	}
	if err != nil {
		return nil, err
	}
	return o.users.Find(ctx, userID)
}

func (o *Outsiders) welcome(ctx context.Context, who entity.Outsider) (*entity.User, error) {
	_, err := o.users.FindByEmail(ctx, who.Email)
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	userID, idErr := id.New()
	if idErr != nil {
		return nil, idErr
	}
	user := entity.Register(userID, who.Profile(err != nil), "", entity.Client)
	identity := entity.Identity{Issuer: who.Issuer, Subject: who.Subject, UserID: userID, CreatedAt: o.now()}
	return user, o.identities.Create(ctx, user, identity)
}
