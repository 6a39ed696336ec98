package controller

import (
	"context"
	"net/http"
)

// Shed lets in the new orders that admit does, which is told whether they have an
// idempotency key, and they go on with the context that it returns.
func Shed(admit func(ctx context.Context, keyed bool) (context.Context, error)) func(*http.Request) (*http.Request, error) {
	return func(r *http.Request) (*http.Request, error) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/orders" {
			return r, nil
		}
		ctx, refusal := admit(r.Context(), r.Header.Get("Idempotency-Key") != "")
		if refusal != nil {
			return nil, refusal
		}
		return r.WithContext(ctx), nil
	}
}
