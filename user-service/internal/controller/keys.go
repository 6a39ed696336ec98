package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/auth"
)

type jwksOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         auth.KeySet
}

// jwks publishes the keys for verifiers, which may keep them for as long as a
// new key waits before it signs.
func (c *Controller) jwks(context.Context, *struct{}) (*jwksOutput, error) {
	return &jwksOutput{CacheControl: "public, max-age=300", Body: c.Keys.Published()}, nil
}
