package gateway_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestDocumentationListsAllServicesAndItsLinksWork(t *testing.T) {
	t.Parallel()
	g := open(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })
	answer := ask(t, "GET", g.URL+"/docs", nil)
	page := read(t, answer)
	policy := answer.Header.Get("Content-Security-Policy")
	if answer.StatusCode != http.StatusOK || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Fatalf("GET /docs = %s with policy %q", answer.Status, policy)
	}
	links := regexp.MustCompile(`(?:href|src)="([^"]+)"`)
	found := links.FindAllStringSubmatch(page, -1)
	for _, service := range []string{"user", "product", "order"} {
		found = append(found, links.FindAllStringSubmatch(read(t, ask(t, "GET", g.URL+"/docs/"+service, nil)), -1)...)
		if !strings.Contains(page, `"/docs/`+service+`"`) {
			t.Errorf("/docs does not list %s", service)
		}
	}
	for _, link := range found {
		if answer := ask(t, "GET", g.URL+link[1], nil); answer.StatusCode != http.StatusOK {
			t.Errorf("link %s of the documentation = %s", link[1], answer.Status)
		}
	}
}

func TestDocumentOfAServiceIsItsOwn(t *testing.T) {
	t.Parallel()
	g := open(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })
	if got := read(t, ask(t, "GET", g.URL+"/openapi/order.json", nil)); got != "/openapi.json" {
		t.Errorf("/openapi/order.json comes from %s of order-service, want /openapi.json", got)
	}
}

func TestDocumentationIsOnlyToBeRead(t *testing.T) {
	t.Parallel()
	g := open(t, func(http.ResponseWriter, *http.Request) {})
	if answer := ask(t, "HEAD", g.URL+"/docs", nil); answer.StatusCode != http.StatusOK {
		t.Errorf("HEAD /docs = %s", answer.Status)
	}
	answer := ask(t, "POST", g.URL+"/docs", nil)
	problem(t, answer, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED")
	if answer.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("Allow = %q", answer.Header.Get("Allow"))
	}
}
