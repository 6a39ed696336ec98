package gateway_test

import (
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The gateways behave alike: what holds for this one holds for nginx too. With
// GATEWAY set, to http://localhost:8080 say, these tests ask the fleet that runs
// there instead.

// somewhere returns the address of a gateway in front of services that want to
// know who asks.
func somewhere(t *testing.T) string {
	t.Helper()
	if address := os.Getenv("GATEWAY"); address != "" {
		return strings.TrimRight(address, "/")
	}
	return open(t, stranger).URL
}

// stranger answers as a service does to somebody it does not know.
func stranger(w http.ResponseWriter, r *http.Request) {
	h, status, code := w.Header(), http.StatusUnauthorized, "UNAUTHENTICATED"
	switch n, _ := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, 1<<20)); {
	case r.URL.Path == "/openapi.json":
		h.Set("Content-Type", "application/json")
		io.WriteString(w, `{"openapi":"3.1.0"}`)
		return
	case r.ContentLength > n:
		status, code = http.StatusRequestEntityTooLarge, "BODY_TOO_LARGE"
	case r.URL.Path == "/v1/products":
		status = http.StatusOK
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("X-Request-Id", r.Header.Get("X-Request-Id"))
	w.WriteHeader(status)
	io.WriteString(w, `{"type":"t","title":"t","detail":"d","instance":"`+r.URL.Path+`","code":"`+code+`","traceId":"t","status":`)
	io.WriteString(w, map[int]string{401: "401}", 413: "413}", 200: "200}"}[status])
}

func TestGatewaysHideTheSamePaths(t *testing.T) {
	t.Parallel()
	address := somewhere(t)
	for _, path := range []string{
		"/", "/livez", "/readyz", "/metrics", "/version", "/openapi.json", "/internal", "/internal/v1/products", "/v1", "/v1/nothing",
		"/v1/ordersx", "/V1/orders", "/docs/", "/docs/nobody", "/openapi/secret.json", "/.gateway/malformed",
		"//v1/orders", "/v1//orders", "/v1/orders//", "/v1/orders/../../internal/v1/products", "/v1/products/../../metrics",
		"/v1/orders/./x", "/v1/orders/..", "/v1/products/.", "/v1/products/%2e%2e/%2e%2e/internal/v1/products", "/v1/products/%2E./%2e%2E/metrics",
		"/v1/products/..%2f..%2finternal", "/v1/products%2F..%2F..%2Fmetrics", "/v1/products%2fx", "/v1/products/%5c..%5cinternal",
		`/v1/products/..\..\internal`, "/v1/products/a%0d%0ab", "/%69nternal/v1/products", "/internal%2fv1/products", "/%2e/internal/v1/products",
		"/internal;/v1/products", "/metrics;x=1", "/docs/../metrics", "/docs/%2e%2e/metrics", "/docs/user/../../metrics", "/openapi/../metrics",
	} {
		answer := exactly(t, "GET", address, path)
		if body := read(t, answer); answer.StatusCode != http.StatusNotFound || !strings.Contains(body, `"NOT_FOUND"`) {
			t.Errorf("GET %s = %s %.200s, want 404 NOT_FOUND", path, answer.Status, body)
		}
		if got := answer.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("GET %s is %s", path, got)
		}
	}
}

// exactly sends a path as it is written.
func exactly(t *testing.T, method, address, path string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Opaque = path
	if strings.HasPrefix(path, "//") {
		r.URL.Opaque = address + path // two slashes at the start would read as a host
	}
	answer, err := caller.Transport.RoundTrip(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func TestGatewaysTellProblemsAlike(t *testing.T) {
	t.Parallel()
	address := somewhere(t)
	large := strings.Repeat(" ", 1<<20+1)
	tests := []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"GET", "/nothing/here", "", 404, "NOT_FOUND"},
		{"POST", "/docs", "", 405, "METHOD_NOT_ALLOWED"},
		{"DELETE", "/docs/user/start.js", "", 405, "METHOD_NOT_ALLOWED"},
		{"POST", "/v1/orders", "{}", 401, "UNAUTHENTICATED"},
		{"PUT", "/v1/orders/01990000-0000-7000-8000-000000000000/status", "{}", 401, "UNAUTHENTICATED"},
		{"DELETE", "/v1/users/me/sessions/01990000-0000-7000-8000-000000000000", "", 401, "UNAUTHENTICATED"},
		{"POST", "/v1/auth/login", large, 413, "BODY_TOO_LARGE"},
	}
	for _, tt := range tests {
		answer := ask(t, tt.method, address+tt.path, strings.NewReader(tt.body), "X-Request-Id", "mine", "Content-Type", "application/json")
		if got := problem(t, answer, tt.status, tt.code); got["instance"] != tt.path {
			t.Errorf("instance of %s = %v", tt.path, got["instance"])
		}
		if got := answer.Header.Get("X-Request-Id"); got != "mine" {
			t.Errorf("%s %s: X-Request-Id = %q, want mine", tt.method, tt.path, got)
		}
		if allow := answer.Header.Get("Allow"); tt.status == 405 && allow != "GET, HEAD" {
			t.Errorf("%s %s: Allow = %q", tt.method, tt.path, allow)
		}
	}
}

func TestGatewaysRefuseRequestsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	host := strings.TrimPrefix(somewhere(t), "http://")
	for _, request := range []string{
		"POST /v1/auth/login HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n",
		"GET /v1/orders HTTP/1.1\r\n\r\n",
		"GET /v1/products/%zz HTTP/1.1\r\nHost: shop\r\n\r\n",
	} {
		if answer := speak(t, host, request); !strings.HasPrefix(answer, "HTTP/1.1 400 ") {
			t.Errorf("answer to %q = %q, want 400", request, answer)
		}
	}
}

func TestGatewaysRefuseHeadersThatAreTooLarge(t *testing.T) {
	t.Parallel()
	answer := ask(t, "GET", somewhere(t)+"/v1/products", nil, "X-Large", strings.Repeat("x", 80<<10))
	if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("80 KiB of a header are answered with %s, want 431", answer.Status)
	}
}

func TestGatewaysGiveEveryAnswerAnID(t *testing.T) {
	t.Parallel()
	address := somewhere(t)
	for given, want := range map[string]string{"mine": "^mine$", "": "^[0-9a-f-]{32,36}$", "a b": "^[0-9a-f-]{32,36}$", strings.Repeat("x", 129): "^[0-9a-f-]{32,36}$"} {
		for _, path := range []string{"/v1/products", "/nothing"} {
			got := ask(t, "GET", address+path, nil, "X-Request-Id", given).Header.Get("X-Request-Id")
			if !regexp.MustCompile(want).MatchString(got) {
				t.Errorf("GET %s with X-Request-Id %.9q = %q, want %s", path, given, got, want)
			}
		}
	}
	const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	answer := problem(t, ask(t, "GET", address+"/nothing", nil, "Traceparent", trace), 404, "NOT_FOUND")
	if answer["traceId"] != trace[3:35] {
		t.Errorf("traceId = %v, want the caller's", answer["traceId"])
	}
}

func TestGatewaysServeTheSameDocumentation(t *testing.T) {
	t.Parallel()
	here, there := open(t, stranger).URL, somewhere(t)
	for _, path := range []string{
		"/docs", "/docs/list.css", "/docs/user", "/docs/user/start.js", "/docs/product", "/docs/product/start.js",
		"/docs/order", "/docs/order/start.js", "/docs/order/swagger-ui.css", "/docs/order/swagger-ui-bundle.js",
	} {
		var shown [2][]string
		for i, address := range []string{here, there} {
			answer := ask(t, "GET", address+path, nil, "Accept-Encoding", "identity")
			h := answer.Header
			shown[i] = []string{answer.Status, h.Get("Content-Type"), h.Get("Content-Security-Policy"), h.Get("X-Content-Type-Options"), h.Get("Referrer-Policy"), read(t, answer)}
			packed := ask(t, "HEAD", address+path, nil, "Accept-Encoding", "gzip")
			shown[i] = append(shown[i], packed.Status)
			if strings.Contains(path, "swagger") {
				shown[i] = append(shown[i], packed.Header.Get("Content-Encoding"), packed.Header.Get("Cache-Control"))
			}
		}
		if diff := cmp.Diff(shown[0], shown[1]); diff != "" {
			t.Errorf("GET %s differs (-here +there):\n%.2000s", path, diff)
		}
	}
	for _, service := range []string{"user", "product", "order"} {
		if got := read(t, ask(t, "GET", there+"/openapi/"+service+".json", nil)); !strings.Contains(got, `"openapi":"3.1`) {
			t.Errorf("/openapi/%s.json = %.100s", service, got)
		}
	}
}
