package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// An erased person's order and its total stay; who it was, and what they asked
// for and did not order, no service knows any more.
func TestErasedPersonIsForgottenByEveryService(t *testing.T) {
	t.Parallel()
	f := running(t)
	c := newCast(t, f)
	product, err := f.admin.Create(t.Context(), "Farewell", "12.50", 5)
	if err != nil {
		t.Fatal(err)
	}
	gone, err := f.shop.NewClient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	quote, err := gone.Offer(t.Context(), shop.Line{ID: product.ID, Quantity: 1})
	if err != nil {
		t.Fatal(err)
	}
	order := map[string]any{"products": []any{map[string]any{"id": product.ID, "quantity": 2}}, "address": "1 Main Street"}
	var placed struct {
		ID string `json:"orderId"`
	}
	call := shop.Call{Method: http.MethodPost, Path: "/v1/orders", Body: order, Header: map[string]string{"Prefer": "wait=10"}}
	if err := gone.Ask(t.Context(), call, &placed); err != nil {
		t.Fatal(err)
	}
	if err := gone.Ask(t.Context(), shop.Call{Method: http.MethodDelete, Path: "/v1/users/me"}, nil); err != nil {
		t.Fatal(err)
	}
	products := shop.New(f.address("product-service"))
	forgotten := func(ctx context.Context) error {
		var left struct {
			Status              string
			ClientName, Address *string
			TotalPrice          float64
		}
		if err := f.admin.Ask(ctx, shop.Call{Method: http.MethodGet, Path: "/v1/orders/" + placed.ID}, &left); err != nil {
			return err
		}
		if left.Address != nil || left.ClientName != nil || left.TotalPrice != 25 {
			return fmt.Errorf("the order is %+v", left)
		}
		err := products.Ask(ctx, shop.Call{Method: http.MethodGet, Path: "/internal/v1/quotes/" + quote.ID, Token: c.tokens["service"]}, nil)
		if problem, ok := errors.AsType[*shop.Problem](err); !ok || problem.Status != http.StatusNotFound {
			return fmt.Errorf("the quote is still there: %w", err)
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := shop.Eventually(ctx, forgotten); err != nil {
		t.Error(err)
	}
}
