package shop

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/oms-fleet/oms/common/money"
)

// Line asks for a number of units of a product.
type Line struct {
	ID       string `json:"id"`
	Quantity int    `json:"quantity"`
}

// Order is an order as its client sees it.
type Order struct {
	ID         string        `json:"orderId"`
	Status     string        `json:"status"`
	Reason     string        `json:"reason"`
	ClientID   string        `json:"clientId"`
	TotalPrice *money.Amount `json:"totalPrice"`
	CreatedAt  time.Time     `json:"createdAt"`
	Products   []struct {
		ID        string        `json:"id"`
		Name      string        `json:"name"`
		Purchased int           `json:"purchasedQuantity"`
		Fulfilled int           `json:"fulfilledQuantity"`
		UnitPrice *money.Amount `json:"unitPrice"`
	} `json:"products"`
}

// Step is one row of an order's history.
type Step struct {
	Sequence int     `json:"sequence"`
	From     *string `json:"from"`
	To       string  `json:"to"`
	Actor    string  `json:"actor"`
	Reason   *string `json:"reason"`
}

// Placing is a request for an order.
type Placing struct {
	Lines      []Line
	Fulfilment string // empty: PARTIAL
	Key        string // idempotency key, empty: none
	QuoteID    string // empty: none
}

// Call is the request as it is sent.
func (p Placing) Call() Call {
	body := map[string]any{"products": p.Lines, "address": "1 Test Street"}
	if p.Fulfilment != "" {
		body["fulfilment"] = p.Fulfilment
	}
	if p.QuoteID != "" {
		body["quoteId"] = p.QuoteID
	}
	c := Call{Method: http.MethodPost, Path: "/v1/orders", Body: body}
	if p.Key != "" {
		c.Header = map[string]string{"Idempotency-Key": p.Key}
	}
	return c
}

// Place places an order.
func (p *Person) Place(ctx context.Context, lines ...Line) (Order, error) {
	return p.Request(ctx, Placing{Lines: lines})
}

// Request places an order in all its forms.
func (p *Person) Request(ctx context.Context, placing Placing) (Order, error) {
	var placed Order
	err := p.Ask(ctx, placing.Call(), &placed)
	return placed, err
}

// Order reads an order.
func (p *Person) Order(ctx context.Context, orderID string) (Order, error) {
	var found Order
	err := p.Ask(ctx, Call{Method: http.MethodGet, Path: "/v1/orders/" + orderID}, &found)
	return found, err
}

// Settled waits until an order has left NEW, at most until ctx ends.
func (p *Person) Settled(ctx context.Context, orderID string) (Order, error) {
	var last Order
	err := Eventually(ctx, func(ctx context.Context) (err error) {
		if last, err = p.Order(ctx, orderID); err == nil && last.Status == "NEW" {
			err = fmt.Errorf("order %s is still NEW", orderID)
		}
		return err
	})
	return last, err
}

// Cancel calls an order off.
func (p *Person) Cancel(ctx context.Context, orderID string) error {
	return p.Ask(ctx, Call{Method: http.MethodPost, Path: "/v1/orders/" + orderID + "/cancel"}, nil)
}

// Ship marks an order as having left.
func (p *Person) Ship(ctx context.Context, orderID string) error {
	return p.Ask(ctx, Call{Method: http.MethodPut, Path: "/v1/orders/" + orderID + "/status", Body: map[string]string{"status": "SHIPPED"}}, nil)
}

// History reads the steps of an order.
func (p *Person) History(ctx context.Context, orderID string) ([]Step, error) {
	var list struct {
		Items []Step `json:"items"`
	}
	err := p.Ask(ctx, Call{Method: http.MethodGet, Path: "/v1/orders/" + orderID + "/history"}, &list)
	return list.Items, err
}

// The pauses between two looks are a tenth of the time waited so far: what comes
// soon is seen at once, and what takes long is not asked for all the time.
const (
	shortestPause = 5 * time.Millisecond
	longestPause  = 500 * time.Millisecond
)

// Eventually calls probe until it returns nil, or until ctx ends; then it fails
// with what probe said last.
func Eventually(ctx context.Context, probe func(context.Context) error) error {
	for began := time.Now(); ; {
		err := probe(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("in vain: %w", err)
		case <-time.After(min(max(time.Since(began)/10, shortestPause), longestPause)):
		}
	}
}
