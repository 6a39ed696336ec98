package shop

import (
	"context"
	"net/http"

	"github.com/oms-fleet/oms/common/money"
)

// Product is a product as an admin sees it.
type Product struct {
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Price    money.Amount `json:"price"`
	Quantity int          `json:"quantity"`
	OnHand   int          `json:"onHand"`
	Reserved int          `json:"reserved"`
	Status   string       `json:"status"`
}

// Adjustment is one change of stock that was not an order's.
type Adjustment struct {
	Delta int `json:"delta"`
}

// Reservation is what product-service holds for an order.
type Reservation struct {
	OrderID  string `json:"orderId"`
	State    string `json:"state"`
	Products []struct {
		ProductID string       `json:"productId"`
		Requested int          `json:"requestedQuantity"`
		Taken     int          `json:"takenQuantity"`
		UnitPrice money.Amount `json:"unitPrice"`
	} `json:"products"`
}

// Create puts a product with stock into the catalogue.
func (p *Person) Create(ctx context.Context, name, price string, stock int) (Product, error) {
	var made Product
	body := map[string]any{"name": name, "price": price, "quantity": stock}
	err := p.Ask(ctx, Call{Method: http.MethodPost, Path: "/v1/products", Body: body}, &made)
	return made, err
}

// Product reads a product.
func (p *Person) Product(ctx context.Context, productID string) (Product, error) {
	var found Product
	err := p.Ask(ctx, Call{Method: http.MethodGet, Path: "/v1/products/" + productID}, &found)
	return found, err
}

// Change patches a product, whatever its version.
func (p *Person) Change(ctx context.Context, productID string, fields map[string]any) error {
	return p.Ask(ctx, Call{
		Method: http.MethodPatch, Path: "/v1/products/" + productID, Body: fields, Header: map[string]string{"If-Match": "*"},
	}, nil)
}

// Adjust changes the stock of a product.
func (p *Person) Adjust(ctx context.Context, productID string, delta int) error {
	body := map[string]any{"delta": delta, "reason": "COUNT"}
	return p.Ask(ctx, Call{Method: http.MethodPost, Path: "/v1/products/" + productID + "/stock-adjustments", Body: body}, nil)
}

// Stocked returns the sum of a product's adjustments.
func (p *Person) Stocked(ctx context.Context, productID string) (sum int, err error) {
	cursor := ""
	for {
		var page struct {
			Items []Adjustment `json:"items"`
			Next  *string      `json:"nextCursor"`
		}
		path := "/v1/products/" + productID + "/stock-adjustments?limit=100" + cursor
		if err := p.Ask(ctx, Call{Method: http.MethodGet, Path: path}, &page); err != nil {
			return 0, err
		}
		for _, a := range page.Items {
			sum += a.Delta
		}
		if page.Next == nil {
			return sum, nil
		}
		cursor = "&cursor=" + *page.Next
	}
}

// Reservation reads what is held for an order.
func (p *Person) Reservation(ctx context.Context, orderID string) (Reservation, error) {
	var found Reservation
	err := p.Ask(ctx, Call{Method: http.MethodGet, Path: "/v1/reservations/" + orderID}, &found)
	return found, err
}
