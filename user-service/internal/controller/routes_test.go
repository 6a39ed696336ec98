package controller

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/oms-fleet/oms/common/web"
)

// What the OpenAPI document lists is compared with the table from outside, by the
// end-to-end tests; these routes only the router knows.
func TestTableOfAccessHasTheRoutesWithoutADocument(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	api := web.New(web.Options{Title: "test", Metrics: prometheus.NewRegistry()})
	RegisterOAuth(api, &OAuth{}, &Pages{})
	seen := 0
	err = chi.Walk(api.Router(), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		own := strings.HasPrefix(route, "/oauth2/") || strings.HasPrefix(route, "/.well-known/")
		if own {
			seen++
		}
		if own && !strings.Contains(string(table), "| `"+method+" "+route+"` |") {
			t.Errorf("docs/access.md lacks %s %s", method, route)
		}
		return nil
	})
	if err != nil || seen == 0 {
		t.Errorf("%d routes were looked at, %v", seen, err)
	}
}
