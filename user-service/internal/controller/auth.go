package controller

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type registration struct {
	Email     string `json:"email" minLength:"1" doc:"at most 254 characters; unique in any case" example:"ada@example.com"`
	Password  string `json:"password" minLength:"1" doc:"8 to 128 characters, three of upper case, lower case, digit, special; no white space; not a common one" example:"Engine-No-1842"`
	FirstName string `json:"firstName,omitempty" doc:"at most 100 characters" example:"Ada"`
	LastName  string `json:"lastName,omitempty" doc:"at most 100 characters" example:"Lovelace"`
	Address   string `json:"address,omitempty" doc:"at most 500 characters" example:"12 St James's Square, London"`
}

// Resolve tells what breaks the rules along with what breaks the schema.
func (r *registration) Resolve(_ huma.Context, place *huma.PathBuffer) []error {
	found := r.profile().Violations()
	if r.Password != "" {
		found = append(found, entity.PasswordViolations("password", r.Password)...)
	}
	return details(place, found, r.Email == "", "email")
}

func (r *registration) profile() entity.Profile {
	return entity.Profile{Email: r.Email, FirstName: r.FirstName, LastName: r.LastName, Address: r.Address}.Trimmed()
}

type registerInput struct {
	Body registration
}

type registerOutput struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     userBody
}

// register makes an account for a new client.
func (c *Controller) register(ctx context.Context, in *registerInput) (*registerOutput, error) {
	user, err := c.Accounts.Register(ctx, in.Body.profile(), in.Body.Password)
	if err != nil {
		return nil, inBody(err)
	}
	out := answer(user)
	return &registerOutput{Location: "/v1/users/" + user.ID.String(), ETag: out.ETag, Body: out.Body}, nil
}

type loginInput struct {
	Origin
	Body struct {
		Email    string `json:"email" minLength:"1" maxLength:"254" example:"client@example.com"`
		Password string `json:"password" minLength:"1" maxLength:"1000" example:"OmsDemo!2026"`
	}
}

type tokensBody struct {
	AccessToken  string       `json:"accessToken" doc:"a JWT for Authorization: Bearer"`
	RefreshToken string       `json:"refreshToken" doc:"good once, for the next tokens"`
	TokenType    string       `json:"tokenType" enum:"Bearer"`
	ExpiresIn    int          `json:"expiresIn" doc:"seconds that the access token is good" example:"900"`
	UserID       id.ID        `json:"userId"`
	Email        string       `json:"email"`
	Roles        entity.Roles `json:"roles"`
}

type tokensOutput struct {
	Body tokensBody
}

func granted(tokens entity.Tokens) *tokensOutput {
	return &tokensOutput{Body: tokensBody{
		AccessToken: tokens.Access, RefreshToken: tokens.Refresh, TokenType: "Bearer",
		ExpiresIn: int(tokens.ExpiresIn.Seconds()),
		UserID:    tokens.User.ID, Email: tokens.User.Email, Roles: tokens.User.Roles,
	}}
}

// login signs in by e-mail address and password.
func (c *Controller) login(ctx context.Context, in *loginInput) (*tokensOutput, error) {
	tokens, err := c.Sessions.SignIn(ctx, in.Body.Email, in.Body.Password, in.device(c.Proxies))
	if err != nil {
		return nil, err
	}
	return granted(tokens), nil
}

type refreshInput struct {
	Body struct {
		RefreshToken string `json:"refreshToken" minLength:"1"`
	}
}

// refresh trades a refresh token for new tokens.
func (c *Controller) refresh(ctx context.Context, in *refreshInput) (*tokensOutput, error) {
	tokens, err := c.Sessions.Refresh(ctx, in.Body.RefreshToken)
	if err != nil {
		return nil, err
	}
	return granted(tokens), nil
}

type logoutInput struct {
	All bool `query:"all" doc:"end every session of yours, not only this one"`
}

// logout ends this session, or all of them.
func (c *Controller) logout(ctx context.Context, in *logoutInput) (*struct{}, error) {
	if in.All {
		return nil, c.Sessions.SignOutEverywhere(ctx, actor(ctx))
	}
	return nil, c.Sessions.SignOut(ctx, actor(ctx))
}
