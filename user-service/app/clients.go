package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
	"github.com/oms-fleet/oms/user-service/internal/security"
)

// OAuth says which applications may ask for tokens besides those that a ROOT
// registers.
type OAuth struct {
	Clients     config.Secret `envconfig:"OAUTH_CLIENTS" desc:"a JSON array of applications: {id, name, redirectUris, grantTypes, scopes, public, secret}"`
	Providers   config.Secret `envconfig:"OIDC_PROVIDERS" desc:"a JSON array of other providers to sign in with: {name, issuer, clientId, clientSecret}; they send codes to JWT_ISSUER/oauth2/providers/NAME/callback"`
	OrderSecret config.Secret `envconfig:"ORDER_SERVICE_SECRET" desc:"the secret with which order-service gets its own token; without one it gets none"`
}

// clientConfig is an application as OAUTH_CLIENTS has it.
type clientConfig struct {
	ID           string             `json:"id"`
	Name         string             `json:"name"`
	RedirectURIs []string           `json:"redirectUris"`
	GrantTypes   []entity.GrantType `json:"grantTypes"`
	Scopes       []string           `json:"scopes"`
	Public       bool               `json:"public"`
	Secret       string             `json:"secret"`
}

// clients returns the applications that the environment sets: the fleet's own
// and those of OAUTH_CLIENTS. Mistakes are told without the values, of which
// some are secret.
func (o OAuth) clients(secrets *security.ClientSecrets) ([]*entity.OAuthClient, error) {
	var listed []clientConfig
	if o.Clients != "" {
		decoder := json.NewDecoder(bytes.NewReader([]byte(o.Clients.Reveal())))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&listed); err != nil || decoder.Decode(new(any)) != io.EOF { //nolint:errorlint // Decode returns it bare
			return nil, errors.New("OAUTH_CLIENTS is not a JSON array of {id, name, redirectUris, grantTypes, scopes, public, secret}")
		}
	}
	var found []*entity.OAuthClient
	for i, c := range listed {
		client, err := c.client(secrets)
		if err != nil {
			return nil, fmt.Errorf("OAUTH_CLIENTS, item %d: %w", i+1, err)
		}
		found = append(found, client)
	}
	if o.OrderSecret != "" {
		found = append(found, &entity.OAuthClient{
			ID: "order-service", Name: "order-service", GrantTypes: []entity.GrantType{entity.ClientCredentials},
			Scopes: []string{"product.validate"}, SecretHash: secrets.Hash(o.OrderSecret.Reveal()), Fixed: true,
		})
	}
	for i, client := range found {
		if slices.ContainsFunc(found[:i], func(c *entity.OAuthClient) bool { return c.ID == client.ID }) {
			return nil, fmt.Errorf("OAUTH_CLIENTS: the id %s is taken", client.ID)
		}
	}
	return found, nil
}

func (c clientConfig) client(secrets *security.ClientSecrets) (*entity.OAuthClient, error) {
	client := &entity.OAuthClient{
		ID: c.ID, Name: c.Name, RedirectURIs: c.RedirectURIs, GrantTypes: c.GrantTypes, Scopes: c.Scopes, Public: c.Public, Fixed: true,
	}
	if client.Name == "" {
		client.Name = c.ID
	}
	mistakes := client.Violations()
	if c.Public == (c.Secret != "") {
		mistakes = append(mistakes, fault.Violation{Location: "secret", Message: "belongs to every client that is not public, and to no other"})
	}
	if c.Secret != "" {
		client.SecretHash = secrets.Hash(c.Secret)
	}
	return client, fault.InvalidAll(mistakes...).Err()
}
