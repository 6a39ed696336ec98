package controller

import (
	"context"
	"strings"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
)

// scopeValidate is what other services need to ask about products.
const scopeValidate = "product.validate"

// maxIDs is how many products one question may be about.
const maxIDs = 100

type findAllInput struct {
	IDs string `query:"ids" required:"true" maxLength:"4000" doc:"at most 100 ids, by commas"`
}

type findAllOutput struct {
	Body web.Short[productBody]
}

// findAll reads several products for another service; those that do not exist
// are left out.
func (c *Controller) findAll(ctx context.Context, in *findAllInput) (*findAllOutput, error) {
	ids, err := in.ids()
	if err != nil {
		return nil, err
	}
	found, err := c.Products.FindAll(ctx, ids)
	if err != nil {
		return nil, err
	}
	list := web.Short[productBody]{Items: make([]productBody, len(found))}
	for i, product := range found {
		list.Items[i] = show(product, auth.From(ctx))
	}
	return &findAllOutput{Body: list}, nil
}

func (in *findAllInput) ids() ([]id.ID, error) {
	texts := strings.Split(in.IDs, ",")
	if len(texts) > maxIDs {
		return nil, fault.InvalidAt("query.ids", "are more than 100")
	}
	ids := make([]id.ID, len(texts))
	for i, text := range texts {
		var err error
		if ids[i], err = id.Parse(text); err != nil {
			return nil, fault.InvalidAt("query.ids", "has something that is no id")
		}
	}
	return ids, nil
}
