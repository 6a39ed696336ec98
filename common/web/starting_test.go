package web_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/web"
)

// get asks a server; what it answers in full.
func (s *server) get(t *testing.T, path string) (response *http.Response, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err = caller.Do(request)
	if err != nil {
		t.Errorf("GET %s: %v", path, err)
		return &http.Response{}, ""
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Errorf("GET %s: %v", path, err)
	}
	return response, string(raw)
}

func TestServiceThatStartsIsAliveNotReadyAndHoldsWhoComes(t *testing.T) {
	t.Parallel()
	s := listen(t, web.ServerConfig{Shutdown: time.Minute})
	if got, body := s.get(t, "/livez"); got.StatusCode != http.StatusOK || !strings.Contains(body, `"up"`) {
		t.Errorf("/livez is %s: %s", got.Status, body)
	}
	if got, body := s.get(t, "/readyz"); got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, `"starting"`) {
		t.Errorf("/readyz is %s: %s", got.Status, body)
	}
	early := make(chan string, 1)
	go func() {
		_, body := s.get(t, "/v1/things")
		early <- body
	}()
	select {
	case got := <-early:
		t.Errorf("who came early got %q before the service served", got)
	case <-time.After(100 * time.Millisecond): // long enough to be answered wrongly
	}
	s.serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "things at "+r.URL.Path) //nolint:errcheck // the test sees it
	}))
	if got := <-early; got != "things at /v1/things" {
		t.Errorf("who came early got %q", got)
	}
}

func TestStartThatTakesLongIsToldToWhoWaits(t *testing.T) {
	t.Parallel()
	s := listen(t, web.ServerConfig{})
	got, body := s.get(t, "/v1/things")
	if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") != "1" ||
		got.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(body, `"code":"UNAVAILABLE"`) {
		t.Errorf("it is %s with %v: %s", got.Status, got.Header, body)
	}
}
