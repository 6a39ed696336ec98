package controller

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type findInput struct {
	ID id.ID `path:"id" doc:"the product's id"`
	web.IfNoneMatch
}

// find reads a product, archived or not.
func (c *Controller) find(ctx context.Context, in *findInput) (*productOutput, error) {
	product, err := c.Products.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := answer(product, auth.From(ctx))
	return out, in.Check(out.ETag)
}

type draftBody struct {
	Name        string    `json:"name" doc:"1 to 200 characters" example:"Desk Lamp Lumen"`
	Description string    `json:"description,omitempty" doc:"at most 10 000 characters" example:"Adjustable LED desk lamp"`
	Price       web.Price `json:"price"`
	Quantity    int       `json:"quantity,omitempty" doc:"units in the warehouse, 0 unless told otherwise" example:"40"`
}

// Resolve tells what breaks the rules along with what breaks the schema.
func (b *draftBody) Resolve(_ huma.Context, place *huma.PathBuffer) []error {
	draft := b.draft()
	draft.Price = 0 // web.Price tells
	return details(place, draft.Violations())
}

func (b *draftBody) draft() entity.Draft {
	return entity.Draft{Name: b.Name, Description: b.Description, Price: b.Price.Amount, Quantity: b.Quantity}
}

type createInput struct {
	Body draftBody
}

// create adds a product.
func (c *Controller) create(ctx context.Context, in *createInput) (*createdOutput, error) {
	by := auth.From(ctx)
	product, err := c.Products.Create(ctx, by, in.Body.draft())
	if err != nil {
		return nil, inBody(err)
	}
	return created(product, by), nil
}

type changeBody struct {
	Name        *string    `json:"name,omitempty" doc:"1 to 200 characters" example:"Desk Lamp Lumen"`
	Description *string    `json:"description,omitempty" doc:"at most 10 000 characters" example:"Adjustable LED desk lamp"`
	Price       *web.Price `json:"price,omitempty" doc:"takes effect at once"`
	Status      *string    `json:"status,omitempty" enum:"ACTIVE,ARCHIVED"`
	Threshold   threshold  `json:"lowStockThreshold,omitzero" doc:"tell when so many or fewer can be ordered; null for never"`
}

// Resolve tells what breaks the rules along with what breaks the schema.
func (b *changeBody) Resolve(_ huma.Context, place *huma.PathBuffer) []error {
	change := b.change()
	change.Price, change.Status = nil, nil // web.Price and the schema tell
	return details(place, change.Violations())
}

func (b *changeBody) change() entity.Change {
	change := entity.Change{Name: b.Name, Description: b.Description, Threshold: b.Threshold.change()}
	if b.Price != nil {
		change.Price = &b.Price.Amount
	}
	if b.Status != nil {
		change.Status = new(entity.Status(*b.Status))
	}
	return change
}

type changeInput struct {
	ID id.ID `path:"id" doc:"the product's id"`
	web.IfMatch
	RawBody []byte
	Body    changeBody
}

// Resolve refuses null where it would mean nothing.
func (in *changeInput) Resolve(huma.Context) (wrong []error) {
	var sent map[string]json.RawMessage
	if json.Unmarshal(in.RawBody, &sent) != nil {
		return nil // huma tells
	}
	for _, field := range []string{"name", "description", "price", "status"} {
		if string(sent[field]) == "null" {
			wrong = append(wrong, &huma.ErrorDetail{Location: "body." + field, Message: "is null; leave it out to keep it"})
		}
	}
	return wrong
}

// change changes a product on the version that the client knows.
func (c *Controller) change(ctx context.Context, in *changeInput) (*productOutput, error) {
	if err := in.Require(); err != nil {
		return nil, err
	}
	by := auth.From(ctx)
	product, err := c.Products.Change(ctx, by, in.ID, sameVersion(in.IfMatch), in.Body.change())
	if err != nil {
		return nil, inBody(err)
	}
	return answer(product, by), nil
}
