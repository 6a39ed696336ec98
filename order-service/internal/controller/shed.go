package controller

import (
	"context"
	"net/http"
)

// Shed lets in the new orders that admit does. An order under an
// idempotency key is looked at all the same: it may have been placed before.
func Shed(admit func(context.Context) error) func(*http.Request) error {
	return func(r *http.Request) error {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/orders" || r.Header.Get("Idempotency-Key") != "" {
			return nil
		}
		return admit(r.Context())
	}
}
