package gateway_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/freeport"
)

// problem reads an answer that must be a whole problem.
func problem(t *testing.T, answer *http.Response, status int, code string) map[string]any {
	t.Helper()
	if answer.StatusCode != status || answer.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("answer = %s, %s, want %d as problem+json", answer.Status, answer.Header.Get("Content-Type"), status)
	}
	var got map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"type", "title", "detail", "instance", "traceId"} {
		if text, ok := got[field].(string); !ok || text == "" {
			t.Errorf("problem has no %s: %v", field, got)
		}
	}
	if got["code"] != code || got["status"] != float64(status) {
		t.Errorf("problem = %v, want %s, %d", got, code, status)
	}
	return got
}

func TestWhatIsNotForClientsIsNotFound(t *testing.T) {
	t.Parallel()
	g := open(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s reached a service", r.URL) })
	for _, path := range []string{"/", "/livez", "/readyz", "/metrics", "/version", "/internal/v1/products", "//v1/orders", "/openapi/secret.json", "/docs/../metrics", "/v1/orders/%00", "/v1/orders/a%2Fb", "/%E2%82%AC"} {
		answer := ask(t, "GET", g.URL+path, nil)
		if got := problem(t, answer, http.StatusNotFound, "NOT_FOUND"); got["instance"] != path {
			t.Errorf("instance = %v, want %s", got["instance"], path)
		}
		if answer.Header.Get("X-Request-Id") == "" {
			t.Errorf("answer to %s has no X-Request-Id", path)
		}
	}
}

func TestServiceThatIsAwayIsUnavailable(t *testing.T) {
	t.Parallel()
	away, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	g := openTo(t, "http://"+away)
	for _, path := range []string{"/v1/orders", "/openapi/order.json"} {
		answer := ask(t, "GET", g.URL+path, nil)
		if got := problem(t, answer, http.StatusServiceUnavailable, "UNAVAILABLE"); got["instance"] != path {
			t.Errorf("instance = %v, want %s", got["instance"], path)
		}
		if answer.Header.Get("Retry-After") == "" {
			t.Errorf("answer to %s has no Retry-After", path)
		}
	}
}

func TestServiceThatDropsTheConnectionIsUnavailable(t *testing.T) {
	t.Parallel()
	g := open(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	})
	problem(t, ask(t, "POST", g.URL+"/v1/orders", strings.NewReader("{}")), http.StatusServiceUnavailable, "UNAVAILABLE")
}

func TestBodyThatBreaksIsTheClientsFault(t *testing.T) {
	t.Parallel()
	g := open(t, func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) })
	answer := speak(t, strings.TrimPrefix(g.URL, "http://"), "POST /v1/orders HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\nno length\r\n")
	if !strings.HasPrefix(answer, "HTTP/1.1 400 ") || !strings.Contains(answer, "MALFORMED_REQUEST") {
		t.Errorf("answer = %q, want 400 MALFORMED_REQUEST", answer)
	}
}

// speak sends bytes to host and returns the first ones of what comes back.
func speak(t *testing.T, host, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	io.WriteString(conn, request)
	answer := make([]byte, 4<<10)
	n, err := io.ReadAtLeast(conn, answer, 64)
	if err != nil && n == 0 {
		t.Fatalf("answer to %q: %v", request, err)
	}
	return string(answer[:n])
}
