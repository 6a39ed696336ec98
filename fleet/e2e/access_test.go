package e2e_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// rule is a row of docs/access.md.
type rule struct {
	method, path string
	wants        []string // by caller
}

// accessTables reads the callers, the rules for each of them, and those of the
// routes that answer all alike, with the one status they want.
func accessTables(t *testing.T) (callers []string, rules, alike []rule) {
	t.Helper()
	text, err := os.ReadFile("../../docs/access.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) < 5 || strings.HasPrefix(cells[1], "---") {
			continue
		}
		method, path, _ := strings.Cut(strings.Trim(cells[1], "`"), " ")
		switch wide := len(cells) > 10; {
		case cells[1] == "route" && wide:
			callers = cells[2:10]
		case cells[1] == "route":
		case wide:
			rules = append(rules, rule{method: method, path: path, wants: cells[2:10]})
		default:
			alike = append(alike, rule{method: method, path: path, wants: cells[3:4]})
		}
	}
	return callers, rules, alike
}

// documented lists the routes of all services, with the service of each.
func documented(t *testing.T, f *tried) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, name := range []string{"user", "product", "order"} {
		var document struct {
			Paths map[string]map[string]json.RawMessage `json:"paths"`
		}
		if err := f.shop.Ask(t.Context(), shop.Call{Method: http.MethodGet, Path: "/openapi/" + name + ".json"}, &document); err != nil {
			t.Fatal(err)
		}
		address := f.address(name + "-service")
		for path, methods := range document.Paths {
			for method := range methods {
				found[strings.ToUpper(method)+" "+path] = address
			}
		}
		if len(document.Paths) == 0 {
			t.Errorf("%s documents no route", name)
		}
	}
	return found
}

// address is where a service is to be reached: where only the gateway is known,
// there, and what is internal is hidden.
func (f *tried) address(service string) string {
	if own, ok := f.facts.Services[service]; ok {
		return own
	}
	return f.facts.Gateway
}

// Every route of the fleet is called as every caller; docs/access.md says what
// comes of it. Requests are empty or about what does not exist, so that those
// who may change things change nothing.
func TestEveryRouteAdmitsWhomTheTableSays(t *testing.T) {
	t.Parallel()
	f := running(t)
	cast := newCast(t, f)
	callers, rules, _ := accessTables(t)
	routes := documented(t, f)
	for _, rule := range rules {
		route := rule.method + " " + rule.path
		address, ok := routes[route]
		if !ok {
			t.Errorf("the table has %s, which no service has", route)
			continue
		}
		delete(routes, route)
		for i, caller := range callers {
			if rule.wants[i] == "yes" && slices.Contains([]string{"DELETE /v1/users/me", "POST /v1/auth/logout", "POST /v1/admin/signing-keys/rotate"}, route) {
				continue // it would take place; tests of user-service do it
			}
			want := rule.wants[i]
			if address == f.facts.Gateway && strings.HasPrefix(rule.path, "/internal/") {
				want = "404"
			}
			call := shop.Call{Method: rule.method, Path: cast.path(rule.path), Token: cast.tokens[caller], Body: []byte("{}")}
			if rule.method == http.MethodGet {
				call.Body = nil
			}
			answer, err := shop.New(address).Do(t.Context(), call)
			if err != nil {
				t.Fatal(err)
			}
			got := strconv.Itoa(answer.Status)
			if answer.Status != http.StatusUnauthorized && answer.Status != http.StatusForbidden && answer.Status < 500 && want == "yes" {
				got = "yes"
			}
			// Signing in without a password is refused for another reason.
			if got != want && !strings.HasPrefix(rule.path, "/v1/auth/") {
				t.Errorf("%s as %s: %s, want %s: %.200s", route, caller, got, want, answer.Body)
			}
		}
	}
	for _, route := range slices.Sorted(maps.Keys(routes)) {
		t.Errorf("docs/access.md lacks %s", route)
	}
}

// Whoever asks gets the same answer from the routes that take no bearer token.
// That the table has them all is tested by user-service.
func TestRoutesWithTheirOwnCredentialsAnswerAllAlike(t *testing.T) {
	t.Parallel()
	f := running(t)
	cast := newCast(t, f)
	callers, _, rules := accessTables(t)
	if len(rules) == 0 {
		t.Fatal("docs/access.md has no such routes")
	}
	for _, rule := range rules {
		for _, caller := range callers {
			request, err := http.NewRequestWithContext(t.Context(), rule.method, cast.address+cast.path(rule.path), http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if rule.method == http.MethodPost {
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			if token := cast.tokens[caller]; token != "" {
				request.Header.Set("Authorization", "Bearer "+token)
			}
			answer, err := http.DefaultTransport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if got := strconv.Itoa(answer.StatusCode); got != rule.wants[0] {
				t.Errorf("%s %s as %s: %s, want %s", rule.method, rule.path, caller, got, rule.wants[0])
			}
		}
	}
}
