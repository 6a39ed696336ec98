package controller

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// grantBody is the answer of RFC 6749, 5.1 with the ID token of OpenID Connect.
type grantBody struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	Scope        string `json:"scope"`
}

// token gives tokens for a code, a refresh token, or a client's own name.
func (o *OAuth) token(ctx context.Context, c call) (any, error) {
	given, err := o.grant(ctx, c)
	if err != nil {
		return nil, err
	}
	return grantBody{
		AccessToken: given.Access, TokenType: "Bearer", ExpiresIn: int(given.ExpiresIn / time.Second),
		RefreshToken: given.Refresh, IDToken: given.Identity, Scope: given.Scope,
	}, nil
}

func (o *OAuth) grant(ctx context.Context, c call) (entity.Granted, error) {
	scope := entity.ReadScope(c.form.One("scope"))
	switch grant := entity.GrantType(c.form.One("grant_type")); grant {
	case entity.AuthorizationCode:
		return o.Grants.Redeem(ctx, c.client, entity.Redemption{
			Code: c.form.One("code"), RedirectURI: c.form.One("redirect_uri"), Verifier: c.form.One("code_verifier"), Device: c.device,
		})
	case entity.RefreshGrant:
		return o.Grants.Refresh(ctx, c.client, c.form.One("refresh_token"), scope)
	case entity.ClientCredentials:
		return o.Grants.Own(c.client, scope)
	case "":
		return entity.Granted{}, entity.Refuse(entity.InvalidRequest, "grant_type is missing.")
	}
	return entity.Granted{}, entity.Refuse(entity.UnsupportedGrantType, "grant_type is none of authorization_code, refresh_token, client_credentials.")
}

// revoke ends what a token belongs to; of an unknown one it says nothing.
func (o *OAuth) revoke(ctx context.Context, c call) (any, error) {
	if c.form.One("token") == "" {
		return nil, entity.Refuse(entity.InvalidRequest, "token is missing.")
	}
	return nil, o.Inspection.Revoke(ctx, c.client, c.form.One("token"))
}

// inspectedBody is the answer of RFC 7662, 2.2.
type inspectedBody struct {
	Active    bool   `json:"active"`
	Scope     string `json:"scope,omitempty"`
	ClientID  string `json:"client_id,omitempty"`
	Subject   string `json:"sub,omitempty"`
	TokenType string `json:"token_type,omitempty"`
	Issuer    string `json:"iss,omitempty"`
	IssuedAt  int64  `json:"iat,omitempty"`
	ExpiresAt int64  `json:"exp,omitempty"`
	SessionID string `json:"sid,omitempty"`
}

// introspect tells of a token.
func (o *OAuth) introspect(ctx context.Context, c call) (any, error) {
	if c.form.One("token") == "" {
		return nil, entity.Refuse(entity.InvalidRequest, "token is missing.")
	}
	found, err := o.Inspection.Inspect(ctx, c.client, c.form.One("token"))
	if err != nil || !found.Active {
		return inspectedBody{}, err
	}
	body := inspectedBody{Active: true, Issuer: o.Origins.Issuer}
	if access := found.Access; access != nil {
		body.Scope, body.ClientID, body.Subject, body.SessionID = access.Scope, access.ClientID, access.Subject, access.SessionID
		body.TokenType, body.IssuedAt, body.ExpiresAt = "Bearer", access.IssuedAt.Unix(), access.ExpiresAt.Unix()
	}
	if session := found.Session; session != nil {
		body.Scope, body.ClientID, body.Subject, body.SessionID = session.Scope, session.ClientID, session.UserID.String(), session.ID.String()
		body.IssuedAt, body.ExpiresAt = session.UsedAt.Unix(), session.EndsAt.Unix()
	}
	return body, nil
}
