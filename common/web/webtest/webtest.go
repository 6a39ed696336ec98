// Package webtest asks a service's routes in tests, and holds their answers
// against what a test expects.
package webtest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/client"
)

// Caller asks the routes below an address.
type Caller struct {
	URL  string
	HTTP *http.Client
}

// New returns a caller with connections of its own: those of
// http.DefaultTransport are closed by whatever httptest.Server ends first.
func New(url string) Caller { return Caller{URL: url, HTTP: client.New(time.Minute)} }

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Raw    string
	Body   map[string]any // of Raw, if there is any
}

// Request makes a request with a token, unless that is empty, and with headers in
// pairs. A body is JSON unless they say otherwise.
func (c Caller) Request(t testing.TB, token, method, path, body string, headers ...string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, c.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	if body != "" && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	return request
}

// Call sends such a request. The test fails unless it is answered, by JSON or
// nothing.
func (c Caller) Call(t testing.TB, token, method, path, body string, headers ...string) Answer {
	t.Helper()
	response, err := c.HTTP.Do(c.Request(t, token, method, path, body, headers...))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := Answer{Status: response.StatusCode, Header: response.Header, Raw: string(raw)}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &got.Body); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return got
}

// Must is Call for requests that have to be answered with a status.
func (c Caller) Must(t testing.TB, status int, token, method, path, body string, headers ...string) Answer {
	t.Helper()
	got := c.Call(t, token, method, path, body, headers...)
	if got.Status != status {
		t.Fatalf("%s %s %s by %q: %d %s, want %d", method, path, body, token, got.Status, got.Raw, status)
	}
	return got
}

// Refused is Must for problems, which have to have a code.
func (c Caller) Refused(t testing.TB, status int, code, token, method, path, body string, headers ...string) Answer {
	t.Helper()
	got := c.Must(t, status, token, method, path, body, headers...)
	if got.Body["code"] != code || got.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%s %s %s by %q: %s %s, want %s", method, path, body, token, got.Header.Get("Content-Type"), got.Raw, code)
	}
	return got
}

// Places returns where the mistakes are that a problem lists, sorted.
func (a Answer) Places() (found []string) {
	mistakes, _ := a.Body["errors"].([]any)
	for _, mistake := range mistakes {
		if fields, ok := mistake.(map[string]any); ok {
			place, _ := fields["location"].(string)
			found = append(found, place)
		}
	}
	slices.Sort(found)
	return found
}
