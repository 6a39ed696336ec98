package controller

import (
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// orderBody is an order as the API shows it. Prices and names are null until
// the order is confirmed.
type orderBody struct {
	OrderID    id.ID         `json:"orderId" example:"019b7ca9-8f2e-7000-8000-0000000000d1"`
	Status     string        `json:"status" enum:"NEW,CONFIRMED,PARTIAL_CONFIRMED,CANCELLED,SHIPPED"`
	Reason     *string       `json:"reason" doc:"why it was cancelled; null while it is not" example:"OUT_OF_STOCK"`
	ClientID   id.ID         `json:"clientId" example:"019b7c1e-0000-7000-8000-00000000c11e"`
	ClientName *string       `json:"clientName" doc:"null when an admin placed the order" example:"Ada Lovelace"`
	Address    *string       `json:"address" doc:"null when the person was erased" example:"1 Main Street, Springfield"`
	Fulfilment string        `json:"fulfilment" enum:"PARTIAL,ALL_OR_NOTHING"`
	QuoteID    *id.ID        `json:"quoteId" doc:"null at the prices of the day"`
	TotalPrice *money.Amount `json:"totalPrice" doc:"null until the order is confirmed"`
	CreatedAt  web.Time      `json:"createdAt"`
	UpdatedAt  web.Time      `json:"updatedAt"`
	Products   []lineBody    `json:"products"`
}

// lineBody is one product of an order.
type lineBody struct {
	ID         id.ID         `json:"id" doc:"the product" example:"01999e2b-53f4-7b7a-9a55-0d3c6f1e2a10"`
	Name       *string       `json:"name" example:"Desk lamp"`
	ImageURL   *string       `json:"imageUrl" example:"/v1/products/01999e2b-53f4-7b7a-9a55-0d3c6f1e2a10/image"`
	Purchased  int           `json:"purchasedQuantity" doc:"units asked for" example:"2"`
	Fulfilled  int           `json:"fulfilledQuantity" doc:"units reserved" example:"2"`
	UnitPrice  *money.Amount `json:"unitPrice"`
	TotalPrice *money.Amount `json:"totalPrice"`
}

func newOrderBody(o *entity.Order) orderBody {
	body := orderBody{
		OrderID: o.ID, Status: string(o.Status), Reason: optional(o.Reason), ClientID: o.ClientID, ClientName: optional(o.ClientName),
		Address: optional(o.Address), Fulfilment: string(o.Fulfilment), TotalPrice: o.Total,
		CreatedAt: web.Time{Time: o.CreatedAt}, UpdatedAt: web.Time{Time: o.UpdatedAt}, Products: make([]lineBody, len(o.Lines)),
	}
	if !o.QuoteID.IsZero() {
		body.QuoteID = &o.QuoteID
	}
	for i, l := range o.Lines {
		body.Products[i] = lineBody{
			ID: l.ProductID, Name: l.Name, ImageURL: l.ImageURL, Purchased: l.Purchased, Fulfilled: l.Fulfilled,
			UnitPrice: l.UnitPrice, TotalPrice: l.Total(),
		}
	}
	return body
}

// optional shows an empty text as null.
func optional[T ~string](value T) *string {
	if value == "" {
		return nil
	}
	text := string(value)
	return &text
}

// orderOutput answers with one order.
type orderOutput struct {
	ETag string `header:"ETag"`
	Body orderBody
}

func newOrderOutput(o *entity.Order) *orderOutput {
	return &orderOutput{ETag: etag(o), Body: newOrderBody(o)}
}

func etag(o *entity.Order) string { return web.ETag(int64(o.Version)) }
