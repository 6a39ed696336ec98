package controller

import (
	"context"
	"encoding/json"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type priceBody struct {
	Price money.Amount `json:"price"`
	From  web.Time     `json:"effectiveFrom" doc:"the first moment at which it holds"`
	To    *web.Time    `json:"effectiveTo" doc:"the first moment at which it no longer holds; null while none follows"`
	Actor string       `json:"actor" doc:"who set it: a user's id, or system" example:"system"`
}

func showPrice(p entity.Price) priceBody {
	body := priceBody{Price: p.Amount, From: web.Time{Time: p.From}, Actor: p.Actor}
	if !p.To.IsZero() {
		body.To = &web.Time{Time: p.To}
	}
	return body
}

type historyBody struct {
	Items  []priceBody  `json:"items" doc:"in the order of time, each ending where the next begins"`
	Lowest money.Amount `json:"lowest30Days" doc:"the lowest price of the 30 days before now"`
}

// pricesBody is the history, or one price of it.
type pricesBody struct {
	History *historyBody
	One     *priceBody
}

// MarshalJSON writes the one that is there.
func (b pricesBody) MarshalJSON() ([]byte, error) {
	if b.One != nil {
		return json.Marshal(b.One)
	}
	return json.Marshal(b.History)
}

// Schema is either.
func (pricesBody) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		r.Schema(reflect.TypeFor[historyBody](), true, ""), r.Schema(reflect.TypeFor[priceBody](), true, ""),
	}}
}

type pricesInput struct {
	ID id.ID     `path:"id" doc:"the product's id"`
	At time.Time `query:"at" doc:"answer with the price at this moment alone, past or to come"`
}

type pricesOutput struct {
	Body pricesBody
}

// prices reads the price history of a product, or its price at a moment.
func (c *Controller) prices(ctx context.Context, in *pricesInput) (*pricesOutput, error) {
	if !in.At.IsZero() {
		price, err := c.Products.PriceAt(ctx, in.ID, in.At)
		return &pricesOutput{Body: pricesBody{One: new(showPrice(price))}}, err
	}
	history, err := c.Products.History(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	body := &historyBody{Items: make([]priceBody, len(history.Prices)), Lowest: history.Lowest}
	for i, price := range history.Prices {
		body.Items[i] = showPrice(price)
	}
	return &pricesOutput{Body: pricesBody{History: body}}, nil
}

type setPriceInput struct {
	ID id.ID `path:"id" doc:"the product's id"`
	web.IfMatch
	Body struct {
		Price web.Price  `json:"price"`
		From  *time.Time `json:"effectiveFrom,omitempty" doc:"when it takes effect by itself; at once where this is left out"`
	}
}

type setPriceOutput struct {
	Location string `header:"Location"`
	Body     priceBody
}

// setPrice sets a product's price, now or for later.
func (c *Controller) setPrice(ctx context.Context, in *setPriceInput) (*setPriceOutput, error) {
	var from time.Time
	if in.Body.From != nil {
		from = *in.Body.From
	}
	set, err := c.Products.SetPrice(ctx, auth.From(ctx), in.ID, sameVersion(in.IfMatch), in.Body.Price.Amount, from)
	if err != nil {
		return nil, inBody(err)
	}
	at := set.From.Format("2006-01-02T15:04:05.000Z")
	return &setPriceOutput{Location: "/v1/products/" + in.ID.String() + "/prices?at=" + at, Body: showPrice(set)}, nil
}
