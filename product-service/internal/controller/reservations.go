package controller

import (
	"context"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/web"
)

type reservationBody struct {
	OrderID   id.ID          `json:"orderId"`
	State     string         `json:"state" enum:"HELD,RELEASED,SHIPPED"`
	Result    string         `json:"result" enum:"FULL,PARTIAL,NONE" doc:"how much of the order could be taken"`
	Reason    *string        `json:"reason" doc:"why nothing was taken, or why it was released" example:"OUT_OF_STOCK"`
	ClientID  *id.ID         `json:"clientId"`
	QuoteID   *id.ID         `json:"quoteId"`
	Products  []reservedBody `json:"products" doc:"empty when the release came before the order's validation"`
	CreatedAt web.Time       `json:"createdAt"`
	UpdatedAt web.Time       `json:"updatedAt"`
}

type reservedBody struct {
	ProductID id.ID         `json:"productId"`
	Requested int           `json:"requestedQuantity" example:"3"`
	Taken     int           `json:"takenQuantity" example:"2"`
	UnitPrice *money.Amount `json:"unitPrice" doc:"null for a product that did not exist"`
}

type reservationInput struct {
	OrderID id.ID `path:"orderId" doc:"the order's id"`
}

type reservationOutput struct {
	Body reservationBody
}

// reservation reads what an order has of the stock.
func (c *Controller) reservation(ctx context.Context, in *reservationInput) (*reservationOutput, error) {
	r, err := c.Reservations.Find(ctx, in.OrderID)
	if err != nil {
		return nil, err
	}
	body := reservationBody{
		OrderID: r.OrderID, State: string(r.State), Result: string(r.Result),
		Reason: optional(string(r.Reason)), ClientID: optional(r.ClientID), QuoteID: optional(r.QuoteID),
		Products: make([]reservedBody, len(r.Lines)), CreatedAt: web.Time{Time: r.CreatedAt}, UpdatedAt: web.Time{Time: r.UpdatedAt},
	}
	for i, line := range r.Lines {
		body.Products[i] = reservedBody{ProductID: line.ProductID, Requested: line.Requested, Taken: line.Taken, UnitPrice: line.UnitPrice}
	}
	return &reservationOutput{Body: body}, nil
}

// optional is nil for a zero value.
func optional[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}
