package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type quoteBody struct {
	ID        id.ID           `json:"id"`
	ClientID  id.ID           `json:"clientId"`
	Products  []quoteLineBody `json:"products"`
	Total     money.Amount    `json:"totalPrice"`
	CreatedAt web.Time        `json:"createdAt"`
	ExpiresAt web.Time        `json:"expiresAt" doc:"an order must be placed before"`
	OrderID   *id.ID          `json:"orderId" doc:"the order that has used it; null until then"`
}

type quoteLineBody struct {
	ID        id.ID        `json:"id" doc:"the product"`
	Name      string       `json:"name" example:"Desk Lamp Lumen"`
	Quantity  int          `json:"quantity" example:"2"`
	UnitPrice money.Amount `json:"unitPrice"`
	Total     money.Amount `json:"totalPrice"`
}

func showQuote(q *entity.Quote) quoteBody {
	body := quoteBody{
		ID: q.ID, ClientID: q.ClientID, Products: make([]quoteLineBody, len(q.Lines)), Total: q.Total(),
		CreatedAt: web.Time{Time: q.CreatedAt}, ExpiresAt: web.Time{Time: q.ExpiresAt}, OrderID: optional(q.OrderID),
	}
	for i, line := range q.Lines {
		body.Products[i] = quoteLineBody{
			ID: line.ProductID, Name: line.Name, Quantity: line.Quantity,
			UnitPrice: line.UnitPrice, Total: line.UnitPrice * money.Amount(line.Quantity),
		}
	}
	return body
}

type offerInput struct {
	Body struct {
		Products []wantBody `json:"products" minItems:"1" maxItems:"100" doc:"lines of the same product are added up"`
	}
}

type wantBody struct {
	ID       id.ID `json:"id" doc:"the product" example:"019b76da-a800-7000-8000-000000000001"`
	Quantity int   `json:"quantity" minimum:"1" maximum:"10000" example:"2"`
}

type offerOutput struct {
	Location string `header:"Location"`
	Body     quoteBody
}

// offer makes a quote for whoever asks.
func (c *Controller) offer(ctx context.Context, in *offerInput) (*offerOutput, error) {
	wants := make([]entity.Want, len(in.Body.Products))
	for i, want := range in.Body.Products {
		wants[i] = entity.Want{ProductID: want.ID, Units: want.Quantity}
	}
	quote, err := c.Quotes.Offer(ctx, auth.From(ctx), wants)
	if err != nil {
		return nil, inBody(err)
	}
	return &offerOutput{Location: "/v1/quotes/" + quote.ID.String(), Body: showQuote(quote)}, nil
}

type quoteInput struct {
	ID id.ID `path:"id" doc:"the quote's id"`
}

type quoteOutput struct {
	Body quoteBody
}

// quote reads one's own quote.
func (c *Controller) quote(ctx context.Context, in *quoteInput) (*quoteOutput, error) {
	quote, err := c.Quotes.Find(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &quoteOutput{Body: showQuote(quote)}, nil
}

// anyQuote reads a quote for another service.
func (c *Controller) anyQuote(ctx context.Context, in *quoteInput) (*quoteOutput, error) {
	quote, err := c.Quotes.FindAny(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &quoteOutput{Body: showQuote(quote)}, nil
}
