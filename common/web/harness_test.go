package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/client"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
)

// thingID is one that the API of these tests knows.
const thingID = "0190a6f0-7b1c-7def-8123-456789abcdef"

// tokens are the ones that the API of these tests knows.
var tokens = map[string]auth.Principal{
	"client":     {UserID: id.ID{1}, ClientID: auth.OwnClient, Roles: []auth.Role{auth.Client}},
	"admin":      {UserID: id.ID{2}, ClientID: auth.OwnClient, Roles: []auth.Role{auth.Admin}},
	"root":       {UserID: id.ID{3}, ClientID: auth.OwnClient, Roles: []auth.Role{auth.Root}},
	"scoped":     {ClientID: "order-service", Scopes: []string{"things.read"}},
	"unscoped":   {ClientID: "order-service", Scopes: []string{"things.write"}},
	"stranger":   {UserID: id.ID{5}, ClientID: "stranger", Roles: []auth.Role{auth.Root}, Scopes: []string{"openid"}},
	"shopper":    {UserID: id.ID{5}, ClientID: "stranger", Roles: []auth.Role{auth.Root}, Scopes: []string{"shop"}},
	"scopedUser": {UserID: id.ID{4}, ClientID: auth.OwnClient, Scopes: []string{"things.read"}},
}

type verifier struct{}

func (verifier) Verify(_ context.Context, token string) (auth.Principal, error) {
	if p, ok := tokens[token]; ok {
		return p, nil
	}
	if token == "away" {
		return auth.Principal{}, fault.Unavailablef(errors.New("no keys"), "The identity provider is away for now.")
	}
	return auth.Principal{}, fault.New(fault.CodeUnauthenticated, "The access token is not valid; sign in again.")
}

// shop is an API of the tests' own behind a real server.
type shop struct {
	t    testing.TB
	api  *web.API
	url  string
	logs *logs
}

// newShop serves what register adds.
func newShop(t testing.TB, register func(*web.API), checks ...web.Check) *shop {
	t.Helper()
	s := &shop{t: t, logs: &logs{}}
	s.api = web.New(web.Options{
		Title: "thing-service", Description: "Keeps things.", Verifier: verifier{}, Checks: checks,
		Log: slog.New(slog.NewJSONHandler(s.logs, nil)), Metrics: telemetry.NewMetrics(), Tracing: telemetry.NewTracing(),
	})
	if register != nil {
		register(s.api)
	}
	server := httptest.NewServer(s.api.Handler())
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// logs is a writer that many may use.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// answer is what came back.
type answer struct {
	*http.Response
	raw []byte
}

// ask sends a request; headers are pairs of name and value. A body is JSON
// unless they say otherwise.
func (s *shop) ask(method, path, body string, headers ...string) answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header[http.CanonicalHeaderKey(headers[i])] = []string{headers[i+1]}
	}
	return s.send(request)
}

// caller is not http.DefaultClient, whose connections any httptest.Server closes.
var caller = client.New(time.Minute)

func (s *shop) send(request *http.Request) answer {
	s.t.Helper()
	response, err := caller.Transport.RoundTrip(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{Response: response, raw: raw}
}

// into reads the body.
func (a answer) into(t testing.TB, to any) {
	t.Helper()
	if err := json.Unmarshal(a.raw, to); err != nil {
		t.Fatalf("%s %s answers %s: %v", a.Request.Method, a.Request.URL, a.raw, err)
	}
}

// problem expects a failure in the one form there is.
func (a answer) problem(t testing.TB, status int, code fault.Code) web.Problem {
	t.Helper()
	where := a.Request.Method + " " + a.Request.URL.String()
	if a.StatusCode != status || a.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%s answers %s as %q, want %d as problem: %s", where, a.Status, a.Header.Get("Content-Type"), status, a.raw)
	}
	var p web.Problem
	a.into(t, &p)
	if p.Status != status || p.Code != code || p.Title != http.StatusText(status) || p.Detail == "" || len(p.TraceID) != 32 || p.Instance != a.Request.URL.EscapedPath() {
		t.Errorf("%s answers %s, want code %s and everything else told", where, a.raw, code)
	}
	if want := "urn:oms:problem:" + strings.ToLower(strings.ReplaceAll(string(code), "_", "-")); p.Type != want {
		t.Errorf("%s is of type %s, want %s", where, p.Type, want)
	}
	return p
}

// jsonText is text as JSON.
func jsonText(text string) string {
	raw, err := json.Marshal(text)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// places are the mistakes of a problem, as "location: message".
func places(p web.Problem) (found []string) {
	for _, v := range p.Errors {
		found = append(found, v.Location+": "+v.Message)
	}
	return found
}

// eventually waits for a condition that others bring about.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline, tick := time.After(10*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
