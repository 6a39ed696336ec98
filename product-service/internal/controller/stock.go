package controller

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type countBody struct {
	Delta    *int   `json:"delta,omitempty" doc:"units more, or fewer, in the warehouse" example:"-3"`
	Quantity *int   `json:"quantity,omitempty" doc:"units that a stock-take has found, instead of delta" example:"40"`
	Reason   string `json:"reason" doc:"1 to 200 characters" example:"delivery"`
}

// Resolve tells what breaks the rules along with what breaks the schema.
func (b *countBody) Resolve(_ huma.Context, place *huma.PathBuffer) []error {
	return details(place, b.count().Violations())
}

func (b *countBody) count() entity.Count {
	return entity.Count{Delta: b.Delta, Quantity: b.Quantity, Reason: b.Reason}
}

type adjustInput struct {
	ID id.ID `path:"id" doc:"the product's id"`
	web.IfMatch
	Body countBody
}

// adjust changes the stock on hand and answers with the product.
func (c *Controller) adjust(ctx context.Context, in *adjustInput) (*productOutput, error) {
	by := auth.From(ctx)
	product, err := c.Products.Adjust(ctx, by, in.ID, sameStock(in.IfMatch), in.Body.count())
	if err != nil {
		return nil, inBody(err)
	}
	return answer(product, by), nil
}

type adjustmentBody struct {
	ID        id.ID    `json:"id"`
	Delta     int      `json:"delta" example:"-3"`
	Reason    string   `json:"reason" example:"breakage"`
	Actor     string   `json:"actor" doc:"the user's id, or system" example:"system"`
	OnHand    int      `json:"onHand" doc:"units in the warehouse afterwards" example:"37"`
	CreatedAt web.Time `json:"createdAt"`
}

type adjustmentsInput struct {
	ID id.ID `path:"id" doc:"the product's id"`
	web.Paging
}

type adjustmentsOutput struct {
	Body web.List[adjustmentBody]
}

// adjustments lists a product's adjustments, the latest first unless asked
// otherwise.
func (c *Controller) adjustments(ctx context.Context, in *adjustmentsInput) (*adjustmentsOutput, error) {
	query, err := in.Query("-" + entity.SortCreatedAt)
	if err != nil {
		return nil, err
	}
	found, err := c.Products.Adjustments(ctx, in.ID, query)
	if err != nil {
		return nil, err
	}
	return &adjustmentsOutput{Body: web.NewList(found, query, func(a entity.Adjustment) adjustmentBody {
		return adjustmentBody{ID: a.ID, Delta: a.Delta, Reason: a.Reason, Actor: a.Actor, OnHand: a.OnHand, CreatedAt: web.Time{Time: a.At}}
	})}, nil
}
