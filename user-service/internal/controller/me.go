package controller

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type meInput struct {
	web.IfNoneMatch
}

// me reads one's own account.
func (c *Controller) me(ctx context.Context, in *meInput) (*userOutput, error) {
	user, err := c.Accounts.Me(ctx, actor(ctx))
	if err != nil {
		return nil, err
	}
	if err := in.Check(web.ETag(user.Version)); err != nil {
		return nil, err
	}
	return answer(user), nil
}

// profileChange is a partial change of a profile.
type profileChange struct {
	Email     *string `json:"email,omitempty" doc:"at most 254 characters; unique in any case" example:"ada@example.com"`
	FirstName Text    `json:"firstName,omitzero" doc:"at most 100 characters; null empties it"`
	LastName  Text    `json:"lastName,omitzero" doc:"at most 100 characters; null empties it"`
	Address   Text    `json:"address,omitzero" doc:"at most 500 characters; null empties it"`
}

// Resolve tells what breaks the rules along with what breaks the schema.
func (p *profileChange) Resolve(_ huma.Context, place *huma.PathBuffer) []error {
	found := p.change().Apply(entity.Profile{}).Trimmed().Violations()
	return details(place, found, p.Email == nil, "email")
}

func (p *profileChange) change() entity.ProfileChange {
	return entity.ProfileChange{
		Email: p.Email, FirstName: p.FirstName.change(), LastName: p.LastName.change(), Address: p.Address.change(),
	}
}

type changeMeInput struct {
	web.IfMatch
	Body profileChange
}

// changeMe changes one's own profile.
func (c *Controller) changeMe(ctx context.Context, in *changeMeInput) (*userOutput, error) {
	by := actor(ctx)
	user, err := c.Accounts.ChangeProfile(ctx, by, by.ID, in.Check, in.Body.change())
	if err != nil {
		return nil, inBody(err)
	}
	return answer(user), nil
}

type passwordInput struct {
	Body passwordChange
}

type passwordChange struct {
	OldPassword string `json:"oldPassword" minLength:"1" maxLength:"1000"`
	NewPassword string `json:"newPassword" minLength:"1" doc:"under the same rules as at registration"`
}

// Resolve tells what breaks the rules along with what breaks the schema.
func (p *passwordChange) Resolve(_ huma.Context, place *huma.PathBuffer) []error {
	if p.NewPassword == "" {
		return nil
	}
	return details(place, entity.PasswordViolations("newPassword", p.NewPassword), false, "")
}

// changePassword changes one's own password and ends all other sessions.
func (c *Controller) changePassword(ctx context.Context, in *passwordInput) (*struct{}, error) {
	return nil, inBody(c.Passwords.Change(ctx, actor(ctx), in.Body.OldPassword, in.Body.NewPassword))
}
