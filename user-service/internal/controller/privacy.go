package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/web"
)

type exportOutput struct {
	Disposition string `header:"Content-Disposition"`
	Body        exportBody
}

type exportBody struct {
	Profile    userBody       `json:"profile"`
	Sessions   []sessionBody  `json:"sessions"`
	Consents   []consentBody  `json:"consents"`
	Identities []identityBody `json:"identities" doc:"how other providers know you"`
}

type identityBody struct {
	Issuer    string   `json:"issuer"`
	Subject   string   `json:"subject"`
	CreatedAt web.Time `json:"createdAt"`
}

// export hands out all that is kept here about whoever asks. Their orders are at
// /v1/orders.
func (c *Controller) export(ctx context.Context, _ *struct{}) (*exportOutput, error) {
	by := actor(ctx)
	found, err := c.Privacy.Export(ctx, by)
	if err != nil {
		return nil, err
	}
	body := exportBody{
		Profile: whole(found.User), Sessions: []sessionBody{}, Consents: []consentBody{}, Identities: []identityBody{},
	}
	for _, session := range found.Sessions {
		body.Sessions = append(body.Sessions, newSessionBody(session, by))
	}
	for _, consent := range found.Consents {
		body.Consents = append(body.Consents, newConsentBody(consent))
	}
	for _, identity := range found.Identities {
		body.Identities = append(body.Identities, identityBody{
			Issuer: identity.Issuer, Subject: identity.Subject, CreatedAt: web.Time{Time: identity.CreatedAt},
		})
	}
	return &exportOutput{Disposition: `attachment; filename="my-data.json"`, Body: body}, nil
}

// erase removes the account of whoever asks.
func (c *Controller) erase(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, c.Privacy.Erase(ctx, actor(ctx))
}
