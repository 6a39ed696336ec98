package gateway

import (
	"net/http"
	"strings"
)

// The services, by the names that their documents have here.
const (
	user    = "user"
	product = "product"
	order   = "order"
)

// Services lists them in the order in which people are shown them.
func Services() []string { return []string{user, product, order} }

// route sends what lies at a path or below it to a service.
type route struct{ path, service string }

// routes is all that clients may reach. What is not listed does not exist for
// them: /internal, /metrics and the like are for the services' own ports.
func routes() []route {
	return []route{
		{"/oauth2", user},
		{"/.well-known", user},
		{"/v1/auth", user},
		{"/v1/users", user},
		{"/v1/admin", user},
		{"/v1/products", product},
		{"/v1/quotes", product},
		{"/v1/product-imports", product},
		{"/v1/reservations", product},
		{"/v1/orders", order},
		{"/v1/order-lifecycle", order},
	}
}

// find returns the service that a request is for.
func find(table []route, r *http.Request) (service string, ok bool) {
	if !plain(r) {
		return "", false
	}
	for _, route := range table {
		if rest, found := strings.CutPrefix(r.URL.Path, route.path); found && (rest == "" || rest[0] == '/') {
			return route.service, true
		}
	}
	return "", false
}

// plain reports whether a path means the same to everyone who reads it. One that
// a service could take for another, by dots, doubled or hidden slashes, is not
// cleaned but refused: it must never lead around the table.
func plain(r *http.Request) bool {
	if strings.Contains(strings.ToLower(r.URL.RawPath), "%2f") {
		return false
	}
	if strings.ContainsFunc(r.URL.Path, func(c rune) bool { return c < ' ' || c == '\\' || c == 0x7f }) {
		return false
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/")
	if !ok {
		return false
	}
	for segment := range strings.SplitSeq(strings.TrimSuffix(rest, "/"), "/") {
		if segment == "" || segment == "." || segment == ".." {
			return rest == ""
		}
	}
	return true
}
