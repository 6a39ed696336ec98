package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// userInfoBody is the answer of OpenID Connect Core, 5.3.2: what the token's
// scope allows.
type userInfoBody struct {
	Subject       id.ID   `json:"sub"`
	Name          *string `json:"name,omitempty"`
	GivenName     *string `json:"given_name,omitempty"`
	FamilyName    *string `json:"family_name,omitempty"`
	UpdatedAt     *int64  `json:"updated_at,omitempty"`
	Email         *string `json:"email,omitempty"`
	EmailVerified *bool   `json:"email_verified,omitempty"`
}

type userInfoOutput struct {
	Body userInfoBody
}

// userInfo tells of the person behind a token. It looks whether the session
// behind it still is one.
func (c *Controller) userInfo(ctx context.Context, _ *struct{}) (*userInfoOutput, error) {
	who := auth.From(ctx)
	if err := c.Inspection.Alive(ctx, who.SessionID); err != nil {
		return nil, err
	}
	user, err := c.Accounts.Me(ctx, actor(ctx))
	if err != nil {
		return nil, err
	}
	said := entity.About(user, who.Scopes)
	return &userInfoOutput{Body: userInfoBody{
		Subject: user.ID, Name: claim[string](said, "name"), GivenName: claim[string](said, "given_name"),
		FamilyName: claim[string](said, "family_name"), UpdatedAt: claim[int64](said, "updated_at"),
		Email: claim[string](said, "email"), EmailVerified: claim[bool](said, "email_verified"),
	}}, nil
}

// claim returns a claim, nil if it is not said.
func claim[T any](said map[string]any, name string) *T {
	if value, ok := said[name].(T); ok {
		return &value
	}
	return nil
}
