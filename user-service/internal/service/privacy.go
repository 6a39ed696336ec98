package service

import (
	"context"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// eraser removes accounts.
type eraser interface {
	Erase(ctx context.Context, userID id.ID, deed *entity.Deed, check func(u *entity.User, roots int) error) error
}

// identityLister lists how other providers know people.
type identityLister interface {
	List(ctx context.Context, userID id.ID) ([]entity.Identity, error)
}

// Privacy is what people can have done with all that is kept about them here:
// take it, and erase it.
type Privacy struct {
	accounts   *Accounts
	sessions   sessionStore
	consents   consentStore
	identities identityLister
	eraser     eraser
}

// NewPrivacy returns what can be done with personal data.
func NewPrivacy(accounts *Accounts, sessions sessionStore, consents consentStore, identities identityLister, eraser eraser) *Privacy {
	return &Privacy{accounts: accounts, sessions: sessions, consents: consents, identities: identities, eraser: eraser}
}

// Export returns all that is kept here about whoever asks.
func (p *Privacy) Export(ctx context.Context, by entity.Actor) (entity.Export, error) {
	user, err := p.accounts.Me(ctx, by)
	if err != nil {
		return entity.Export{}, err
	}
	export := entity.Export{User: user}
	if export.Sessions, err = p.sessions.List(ctx, by.ID); err != nil {
		return entity.Export{}, err
	}
	if export.Consents, err = p.consents.List(ctx, by.ID); err != nil {
		return entity.Export{}, err
	}
	export.Identities, err = p.identities.List(ctx, by.ID)
	return export, err
}

// Erase removes the account of whoever asks and signs them out everywhere; the
// other services hear of it. The last ROOT stays: fault.CodeLastRoot. The
// sessions end first: should the account then stay, one signs in again.
func (p *Privacy) Erase(ctx context.Context, by entity.Actor) error {
	user, err := p.accounts.Me(ctx, by)
	if err != nil {
		return err
	}
	if err := p.sessions.EndAll(ctx, user.ID, id.ID{}); err != nil {
		return err
	}
	deed, err := entity.NewDeed(by, entity.AccountErased, by.ID.String(), "")
	if err != nil {
		return err
	}
	return p.eraser.Erase(ctx, user.ID, deed, func(u *entity.User, roots int) error { return u.MayBeErased(roots) })
}
