package controller

import (
	"context"
	"fmt"
	"strings"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
)

// maxIDs is how many products a service may ask for at once: those of an order.
const maxIDs = 100

type byIDsInput struct {
	IDs string `query:"ids" required:"true" minLength:"1" maxLength:"4000" doc:"at most 100 ids, by commas" example:"019b76da-a800-7000-8000-000000000001"`
}

type byIDsOutput struct {
	Body web.Short[productBody]
}

// byIDs reads those of the products that exist, archived or not, in the order
// that was asked for.
func (c *Controller) byIDs(ctx context.Context, in *byIDsInput) (*byIDsOutput, error) {
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
	return &byIDsOutput{Body: list}, nil
}

func (in *byIDsInput) ids() (ids []id.ID, err error) {
	var broken []fault.Violation
	for text := range strings.SplitSeq(in.IDs, ",") {
		productID, err := id.Parse(strings.TrimSpace(text))
		if err != nil {
			broken = append(broken, fault.Violation{Location: "query.ids", Message: fmt.Sprintf("item %d is no id", len(ids)+len(broken)+1)})
			continue
		}
		ids = append(ids, productID)
	}
	if len(ids) > maxIDs {
		broken = append(broken, fault.Violation{Location: "query.ids", Message: fmt.Sprintf("has more than %d ids", maxIDs)})
	}
	return ids, fault.InvalidAll(broken...).Err()
}
