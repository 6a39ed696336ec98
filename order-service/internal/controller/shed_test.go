package controller_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/oms-fleet/oms/order-service/internal/controller"
)

func TestOnlyNewOrdersAreShed(t *testing.T) {
	t.Parallel()
	full := errors.New("no room")
	for _, c := range []struct {
		method, path, key string
		want              error
	}{
		{method: "POST", path: "/v1/orders", want: full},
		{method: "POST", path: "/v1/orders", key: "again"},
		{method: "GET", path: "/v1/orders"},
		{method: "POST", path: "/v1/orders/1/cancel"},
	} {
		type mark struct{}
		shed := controller.Shed(func(ctx context.Context, keyed bool) (context.Context, error) {
			if keyed {
				return context.WithValue(ctx, mark{}, true), nil
			}
			return nil, full
		})
		r := httptest.NewRequest(c.method, c.path, http.NoBody)
		if c.key != "" {
			r.Header.Set("Idempotency-Key", c.key)
		}
		admitted, err := shed(r)
		if !errors.Is(err, c.want) {
			t.Errorf("%s %s with key %q: %v, want %v", c.method, c.path, c.key, err, c.want)
		}
		if marked := err == nil && admitted.Context().Value(mark{}) != nil; marked != (c.key != "") {
			t.Errorf("%s %s with key %q goes on with the context of who let it in: %t", c.method, c.path, c.key, marked)
		}
	}
}
