package shop

import (
	"context"
	"net/http"

	"github.com/oms-fleet/oms/common/money"
)

// Quote is an offer to a client.
type Quote struct {
	ID         string       `json:"id"`
	TotalPrice money.Amount `json:"totalPrice"`
	OrderID    *string      `json:"orderId"`
}

// Offer asks for a quote.
func (p *Person) Offer(ctx context.Context, lines ...Line) (Quote, error) {
	var made Quote
	err := p.Ask(ctx, Call{Method: http.MethodPost, Path: "/v1/quotes", Body: map[string]any{"products": lines}}, &made)
	return made, err
}

// Quote reads one's own quote.
func (p *Person) Quote(ctx context.Context, quoteID string) (Quote, error) {
	var found Quote
	err := p.Ask(ctx, Call{Method: http.MethodGet, Path: "/v1/quotes/" + quoteID}, &found)
	return found, err
}

// SetPrice changes a product's price from now on.
func (p *Person) SetPrice(ctx context.Context, productID, price string) error {
	return p.Ask(ctx, Call{Method: http.MethodPost, Path: "/v1/products/" + productID + "/prices", Body: map[string]string{"price": price}}, nil)
}
