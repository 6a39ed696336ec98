package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type clientBody struct {
	ID           string             `json:"id"`
	Name         string             `json:"name"`
	RedirectURIs []string           `json:"redirectUris"`
	GrantTypes   []entity.GrantType `json:"grantTypes"`
	Scopes       []string           `json:"scopes"`
	Public       bool               `json:"public"`
	Secret       *string            `json:"secret,omitempty" doc:"told once, when the client is made"`
	Fixed        bool               `json:"fixed" doc:"set by the environment; not to be changed here"`
	CreatedAt    *web.Time          `json:"createdAt"`
	UpdatedAt    *web.Time          `json:"updatedAt"`
}

func newClientBody(c *entity.OAuthClient) clientBody {
	return clientBody{
		ID: c.ID, Name: c.Name, RedirectURIs: notNil(c.RedirectURIs), GrantTypes: notNil(c.GrantTypes), Scopes: notNil(c.Scopes),
		Public: c.Public, Fixed: c.Fixed, CreatedAt: when(&c.CreatedAt), UpdatedAt: when(&c.UpdatedAt),
	}
}

// notNil is an empty list in JSON where there is none.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

type clientsOutput struct {
	Body web.Short[clientBody]
}

type clientOutput struct {
	Body clientBody
}

// listClients tells which applications may ask for tokens.
func (c *Controller) listClients(ctx context.Context, _ *struct{}) (*clientsOutput, error) {
	found, err := c.Clients.List(ctx)
	if err != nil {
		return nil, err
	}
	list := web.Short[clientBody]{Items: make([]clientBody, len(found))}
	for i, client := range found {
		list.Items[i] = newClientBody(client)
	}
	return &clientsOutput{Body: list}, nil
}

type newClientInput struct {
	Body struct {
		ID           string             `json:"id,omitempty" maxLength:"100" doc:"one is made where this is left out" example:"reports"`
		Name         string             `json:"name" minLength:"1" maxLength:"100" doc:"as people see it" example:"Reports"`
		RedirectURIs []string           `json:"redirectUris,omitempty" maxItems:"20" doc:"where codes go, letter by letter" example:"[\"https://reports.example/callback\"]"`
		GrantTypes   []entity.GrantType `json:"grantTypes" minItems:"1" maxItems:"3" enum:"authorization_code,refresh_token,client_credentials"`
		Scopes       []string           `json:"scopes" maxItems:"20" example:"[\"openid\",\"profile\"]"`
		Public       bool               `json:"public,omitempty" doc:"it can keep no secret: a browser's or a phone's application"`
	}
}

type newClientOutput struct {
	Location string `header:"Location"`
	Body     clientBody
}

// createClient registers an application.
func (c *Controller) createClient(ctx context.Context, in *newClientInput) (*newClientOutput, error) {
	client := &entity.OAuthClient{
		ID: in.Body.ID, Name: in.Body.Name, RedirectURIs: in.Body.RedirectURIs,
		GrantTypes: in.Body.GrantTypes, Scopes: in.Body.Scopes, Public: in.Body.Public,
	}
	secret, err := c.Clients.Create(ctx, actor(ctx), client)
	if err != nil {
		return nil, inBody(err)
	}
	out := &newClientOutput{Location: "/v1/admin/oauth-clients/" + client.ID, Body: newClientBody(client)}
	out.Body.Secret = told(secret)
	return out, nil
}

type clientPath struct {
	ID string `path:"id" maxLength:"200"`
}

// findClient reads a client.
func (c *Controller) findClient(ctx context.Context, in *clientPath) (*clientOutput, error) {
	client, err := c.Clients.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &clientOutput{Body: newClientBody(client)}, nil
}

type changeClientInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Name         *string             `json:"name,omitempty" minLength:"1" maxLength:"100"`
		RedirectURIs *[]string           `json:"redirectUris,omitempty" maxItems:"20"`
		GrantTypes   *[]entity.GrantType `json:"grantTypes,omitempty" minItems:"1" maxItems:"3" enum:"authorization_code,refresh_token,client_credentials"`
		Scopes       *[]string           `json:"scopes,omitempty" maxItems:"20"`
	}
}

// changeClient changes some fields of a client.
func (c *Controller) changeClient(ctx context.Context, in *changeClientInput) (*clientOutput, error) {
	client, err := c.Clients.Change(ctx, actor(ctx), in.ID, entity.OAuthClientChange{
		Name: in.Body.Name, RedirectURIs: in.Body.RedirectURIs, GrantTypes: in.Body.GrantTypes, Scopes: in.Body.Scopes,
	})
	if err != nil {
		return nil, inBody(err)
	}
	return &clientOutput{Body: newClientBody(client)}, nil
}

// deleteClient removes a client.
func (c *Controller) deleteClient(ctx context.Context, in *clientPath) (*struct{}, error) {
	return nil, c.Clients.Delete(ctx, actor(ctx), in.ID)
}
