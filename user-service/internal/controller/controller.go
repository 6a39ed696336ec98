// Package controller is the HTTP side: which routes there are, who may use
// them, and how requests become calls of the service and answers become JSON.
package controller

import (
	"context"
	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type accounts interface {
	Register(ctx context.Context, profile entity.Profile, password string) (*entity.User, error)
	Me(ctx context.Context, by entity.Actor) (*entity.User, error)
	Find(ctx context.Context, userID id.ID) (*entity.User, error)
	Search(ctx context.Context, filter entity.UserFilter, q page.Query) (page.Page[*entity.User], error)
	ChangeProfile(ctx context.Context, by entity.Actor, userID id.ID, match entity.Match, change entity.ProfileChange) (*entity.User, error)
	ChangeRoles(ctx context.Context, by entity.Actor, userID id.ID, match entity.Match, roles entity.Roles) (*entity.User, error)
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

type clients interface {
	Find(ctx context.Context, clientID string) (*entity.OAuthClient, error)
	List(ctx context.Context) ([]*entity.OAuthClient, error)
	Create(ctx context.Context, by entity.Actor, client *entity.OAuthClient) (secret string, err error)
	Change(ctx context.Context, by entity.Actor, clientID string, change entity.OAuthClientChange) (*entity.OAuthClient, error)
	Delete(ctx context.Context, by entity.Actor, clientID string) error
}

type consents interface {
	Consents(ctx context.Context, by entity.Actor) ([]entity.Consent, error)
	Withdraw(ctx context.Context, by entity.Actor, clientID string) error
}

type liveness interface {
	Alive(ctx context.Context, sessionID string) error
}

type privacy interface {
	Export(ctx context.Context, by entity.Actor) (entity.Export, error)
	Erase(ctx context.Context, by entity.Actor) error
}
