package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/client"
	"github.com/oms-fleet/oms/fleet/internal/gateway"
)

// open runs a gateway whose services all answer with serve.
func open(t testing.TB, serve http.HandlerFunc) *httptest.Server {
	t.Helper()
	_, g := pair(t, serve)
	return g
}

// pair runs a service and a gateway to it.
func pair(t testing.TB, serve http.HandlerFunc) (service, g *httptest.Server) {
	t.Helper()
	service = httptest.NewServer(serve)
	t.Cleanup(service.Close)
	return service, openTo(t, service.URL)
}

func openTo(t testing.TB, base string) *httptest.Server {
	t.Helper()
	parsed, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]*url.URL{}
	for _, name := range gateway.Services() {
		services[name] = parsed
	}
	server := httptest.NewUnstartedServer(gateway.New(services, slog.New(slog.DiscardHandler)))
	server.Config.MaxHeaderBytes = 32 << 10 // as Serve has it
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// caller is not http.DefaultClient, whose connections any httptest.Server closes.
var caller = client.New(time.Minute)

// ask sends a request with headers, given as name, value, name, value.
func ask(t *testing.T, method, address string, body io.Reader, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := caller.Transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func read(t *testing.T, answer *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestRequestArrivesAsItWasSent(t *testing.T) {
	t.Parallel()
	g := open(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("ETag", `"7"`)
		w.WriteHeader(http.StatusTeapot)
		json.NewEncoder(w).Encode([]string{r.Method, r.RequestURI, r.Header.Get("If-Match"), string(body), r.Header.Get("Accept-Encoding")})
	})
	answer := ask(t, "PATCH", g.URL+"/v1/products/a%20b?q=%zz;&sort=-price", strings.NewReader(`{"name":"Lamp"}`), "If-Match", `"6"`, "Accept-Encoding", "identity")
	if answer.StatusCode != http.StatusTeapot || answer.Header.Get("ETag") != `"7"` {
		t.Errorf("answer = %s, ETag %s, want the service's", answer.Status, answer.Header.Get("ETag"))
	}
	var got []string
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := []string{"PATCH", "/v1/products/a%20b?q=%zz;&sort=-price", `"6"`, `{"name":"Lamp"}`, "identity"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("request at the service (-got +want):\n%s", diff)
	}
}

func TestServiceLearnsWhoAskedAndNotWhatTheClientSaysOfIt(t *testing.T) {
	t.Parallel()
	g := open(t, func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode([]string{
			r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Host"),
			r.Host, r.Header.Get("Connection"), r.Header.Get("X-Secret-Hop"),
		})
	})
	answer := ask(t, "GET", g.URL+"/v1/orders", nil,
		"X-Forwarded-For", "6.6.6.6", "X-Forwarded-Proto", "gopher", "Forwarded", "for=6.6.6.6", "Connection", "X-Secret-Hop", "X-Secret-Hop", "1")
	var got []string
	if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(g.URL, "http://")
	if diff := cmp.Diff(got, []string{"127.0.0.1", "http", host, host, "", ""}); diff != "" {
		t.Errorf("headers at the service (-got +want):\n%s", diff)
	}
}

func TestEveryRequestHasAnIDAndATrace(t *testing.T) {
	t.Parallel()
	g := open(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Header.Get("X-Request-Id")+" "+r.Header.Get("Traceparent"))
	})
	const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	tests := []struct {
		name, id, trace, want string
	}{
		{"given ones are kept", "mine", trace, "^mine " + trace + "$"},
		{"missing ones are made", "", "", "^[0-9a-f-]{36} 00-[0-9a-f]{32}-[0-9a-f]{16}-00$"},
		{"unfit ones are replaced", "a b", "00-0-0-00", "^[0-9a-f-]{36} 00-[0-9a-f]{32}-[0-9a-f]{16}-00$"},
		{"a trace of zeros is none", "mine", "00-00000000000000000000000000000000-b7ad6b7169203331-01", "^mine 00-[0-9a-f]{32}-[0-9a-f]{16}-00$"},
	}
	for _, tt := range tests {
		got := read(t, ask(t, "GET", g.URL+"/v1/orders", nil, "X-Request-Id", tt.id, "Traceparent", tt.trace))
		if !regexp.MustCompile(tt.want).MatchString(got) {
			t.Errorf("%s: id and trace = %q, want %s", tt.name, got, tt.want)
		}
	}
}

func TestEventsArriveAsTheyHappen(t *testing.T) {
	t.Parallel()
	next := make(chan string)
	g := open(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for event := range next {
			io.WriteString(w, "data: "+event+"\n\n")
			http.NewResponseController(w).Flush()
		}
	})
	defer close(next)
	go func() { next <- "placed" }()
	answer := ask(t, "GET", g.URL+"/v1/orders/1/events", nil, "Accept", "text/event-stream")
	lines := bufio.NewReader(answer.Body)
	for _, want := range []string{"placed", "confirmed"} {
		line, err := lines.ReadString('\n')
		if err != nil || line != "data: "+want+"\n" {
			t.Fatalf("event = %q, %v, want %s before the next is sent", line, err, want)
		}
		lines.ReadString('\n')
		if want == "placed" {
			next <- "confirmed"
		}
	}
}

func TestStopEndsStreamsAndLetsOtherRequestsFinish(t *testing.T) {
	t.Parallel()
	finish, arrived := make(chan struct{}), make(chan string, 2)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- r.URL.Path
		if r.URL.Path == "/v1/orders/1/events" {
			w.Header().Set("Content-Type", "text/event-stream")
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
			return
		}
		<-finish
		io.WriteString(w, "done")
	}))
	t.Cleanup(service.Close)
	base, _ := url.Parse(service.URL)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	log := slog.New(slog.DiscardHandler)
	stopped := make(chan error, 1)
	go func() {
		stopped <- gateway.Serve(ctx, listener, gateway.New(map[string]*url.URL{"order": base}, log), log)
	}()

	address := "http://" + listener.Addr().String()
	stream := ask(t, "GET", address+"/v1/orders/1/events", nil, "Accept", "text/event-stream")
	<-arrived
	slow := make(chan string, 1)
	go func() { slow <- read(t, ask(t, "GET", address+"/v1/orders", nil)) }()
	<-arrived
	stop()
	io.Copy(io.Discard, stream.Body) // ends
	close(finish)
	if got := <-slow; got != "done" {
		t.Errorf("request in flight got %q, want done", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Serve = %v", err)
	}
}

func TestServiceThatIsKilledInBetweenIsAskedAnew(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve := func(listener net.Listener) *httptest.Server {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		server.Listener = listener
		server.Start()
		return server
	}
	first := serve(listener)
	g := openTo(t, first.URL)
	read(t, ask(t, "GET", g.URL+"/v1/orders", nil)) // leaves a connection in the pool
	first.CloseClientConnections()
	first.Close()
	if answer := ask(t, "GET", g.URL+"/v1/orders", nil); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("answer while the service is away = %s, want 503", answer.Status)
	}
	if listener, err = net.Listen("tcp", listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	second := serve(listener)
	defer second.Close()
	started := time.Now()
	if answer := ask(t, "GET", g.URL+"/v1/orders", nil); answer.StatusCode != http.StatusOK {
		t.Errorf("answer %s after the service is back = %s, want 200", time.Since(started), answer.Status)
	}
}
