package controller

import "net/http"

// Shed refuses new orders while full tells a failure. An order under an
// idempotency key is looked at all the same: it may have been placed before.
func Shed(full func() error) func(*http.Request) error {
	return func(r *http.Request) error {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/orders" || r.Header.Get("Idempotency-Key") != "" {
			return nil
		}
		return full()
	}
}
