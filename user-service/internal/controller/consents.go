package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

type consentBody struct {
	ClientID  string   `json:"clientId" doc:"the application"`
	Scopes    []string `json:"scopes" doc:"what it may do"`
	GrantedAt web.Time `json:"grantedAt"`
}

func newConsentBody(c entity.Consent) consentBody {
	return consentBody{ClientID: c.ClientID, Scopes: c.Scopes, GrantedAt: web.Time{Time: c.GrantedAt}}
}

type consentsOutput struct {
	Body web.Short[consentBody]
}

// listConsents tells what one allows applications of others.
func (c *Controller) listConsents(ctx context.Context, _ *struct{}) (*consentsOutput, error) {
	found, err := c.Consents.Consents(ctx, actor(ctx))
	if err != nil {
		return nil, err
	}
	list := web.Short[consentBody]{Items: make([]consentBody, len(found))}
	for i, consent := range found {
		list.Items[i] = newConsentBody(consent)
	}
	return &consentsOutput{Body: list}, nil
}

type consentPath struct {
	ClientID string `path:"clientId" maxLength:"200"`
}

// withdrawConsent takes a consent back and signs that application out.
func (c *Controller) withdrawConsent(ctx context.Context, in *consentPath) (*struct{}, error) {
	return nil, c.Consents.Withdraw(ctx, actor(ctx), in.ClientID)
}
