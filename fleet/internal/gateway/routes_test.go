package gateway

import (
	"net/http/httptest"
	"testing"
)

func TestEveryPathGoesToTheServiceThatHasIt(t *testing.T) {
	t.Parallel()
	const id = "01990000-0000-7000-8000-000000000000"
	tests := []struct{ path, service string }{
		{"/v1/auth/login", user},
		{"/v1/users", user},
		{"/v1/users/me/sessions/" + id, user},
		{"/v1/admin/signing-keys/rotate", user},
		{"/oauth2/token", user},
		{"/.well-known/jwks.json", user},
		{"/v1/products", product},
		{"/v1/products/" + id + "/image", product},
		{"/v1/quotes/" + id, product},
		{"/v1/product-imports", product},
		{"/v1/reservations/" + id, product},
		{"/v1/orders", order},
		{"/v1/orders/", order}, // order-service knows whether that is something
		{"/v1/orders/" + id + "/events", order},
		{"/v1/order-lifecycle", order},
	}
	for _, tt := range tests {
		if got, ok := find(routes(), httptest.NewRequest("GET", tt.path, nil)); got != tt.service || !ok {
			t.Errorf("find(%q) = %q, %t, want %q", tt.path, got, ok, tt.service)
		}
	}
}

func TestNoPathLeadsAroundTheTable(t *testing.T) {
	t.Parallel()
	paths := []string{
		"/", "/livez", "/readyz", "/metrics", "/version", "/openapi.json", "/internal/v1/products", "/v1", "/v1/nothing",
		"/v1/ordersx", "/V1/orders", "//v1/orders", "/v1//orders", "/v1/orders//x", "/v1/orders//",
		"/v1/orders/../../internal/v1/products", "/v1/products/../../metrics", "/v1/orders/./x", "/v1/orders/..", "/v1/products/.",
		"/v1/products/%2e%2e/%2e%2e/internal/v1/products", "/v1/products/..%2f..%2finternal", "/v1/products%2F..%2F..%2Fmetrics",
		"/v1/products%2fx", "/v1/products/%5c..%5cinternal", `/v1/products/..\..\internal`, "/v1/products/%00", "/v1/products/a%0d%0ab",
		"/%69nternal/v1/products", "/internal%2fv1/products", "/%2e/internal/v1/products",
	}
	for _, path := range paths {
		if got, ok := find(routes(), httptest.NewRequest("GET", path, nil)); ok {
			t.Errorf("find(%q) = %q, want nothing", path, got)
		}
	}
}

func FuzzNoPathReachesWhatIsHidden(f *testing.F) {
	f.Add("/v1/products/../internal")
	f.Add("/v1/products/%2e%2e/internal")
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest("GET", "/", nil)
		parsed, err := r.URL.Parse(path)
		if err != nil {
			t.Skip("no path")
		}
		parsed.Path, parsed.RawPath = "/v1/products"+parsed.Path, ""
		r.URL = parsed
		if _, ok := find(routes(), r); !ok {
			return
		}
		if cleaned := parsed.JoinPath().Path; cleaned != parsed.Path {
			t.Errorf("%q is let through and means %q", parsed.Path, cleaned)
		}
	})
}
