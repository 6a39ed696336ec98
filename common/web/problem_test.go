package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/web"
)

// failing answers with the failure given.
func failing(err error) func(*web.API) {
	return func(api *web.API) {
		web.Get(api, "/v1/failure", "Fail", web.Public(), func(context.Context, *struct{}) (*struct{}, error) { return nil, err })
	}
}

func TestEveryCodeIsAProblemOfItsStatus(t *testing.T) {
	t.Parallel()
	for _, e := range fault.Catalogue() {
		t.Run(string(e.Code), func(t *testing.T) {
			t.Parallel()
			err := fmt.Errorf("ship order: %w", fault.New(e.Code, "It is so.").Because(errors.New("hunter2")))
			got := newShop(t, failing(err)).ask("GET", "/v1/failure", "")
			p := got.problem(t, web.StatusOf(e.Kind), e.Code)
			if p.Detail != "It is so." || strings.Contains(string(got.raw), "hunter2") {
				t.Errorf("answer %s, want the message and not the cause", got.raw)
			}
			if has, want := got.Header.Get("Retry-After"), retried(p.Status); has != want {
				t.Errorf("Retry-After is %q, want %q", has, want)
			}
			if has := got.Header.Get("WWW-Authenticate"); (has != "") != (p.Status == http.StatusUnauthorized || p.Status == http.StatusForbidden) {
				t.Errorf("WWW-Authenticate is %q with status %d", has, p.Status)
			}
		})
	}
}

func retried(status int) string {
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		return "1"
	}
	return ""
}

func TestRetryAfterIsRoundedUp(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{0: "1", time.Millisecond: "1", 1200 * time.Millisecond: "2", time.Minute: "60"} {
		s := newShop(t, failing(fault.New(fault.CodeTooManyRequests, "Slowly.").After(wait)))
		if got := s.ask("GET", "/v1/failure", "").Header.Get("Retry-After"); got != want {
			t.Errorf("Retry-After of %s is %s, want %s", wait, got, want)
		}
	}
}

func TestWhatBreaksInsideIsForTheLogAlone(t *testing.T) {
	t.Parallel()
	s := newShop(t, failing(errors.New("password hunter2 refused by 10.1.2.3")))
	got := s.ask("GET", "/v1/failure", "")
	p := got.problem(t, http.StatusInternalServerError, fault.CodeInternal)
	if p.Detail != "Something broke on our side." {
		t.Errorf("detail %q tells what broke", p.Detail)
	}
	if said := s.logs.String(); !strings.Contains(said, "hunter2") || !strings.Contains(said, `"level":"ERROR"`) {
		t.Errorf("logged %s, want the failure", said)
	}
}

func TestDependencyThatIsAwayIsLoggedAsAWarning(t *testing.T) {
	t.Parallel()
	s := newShop(t, failing(fault.Unavailablef(errors.New("connection refused"), "The database is away for now.")))
	s.ask("GET", "/v1/failure", "").problem(t, http.StatusServiceUnavailable, fault.CodeUnavailable)
	if said := s.logs.String(); !strings.Contains(said, "connection refused") || !strings.Contains(said, `"level":"WARN"`) {
		t.Errorf("logged %s, want a warning with the cause", said)
	}
}

func TestOverloadIsNotLogged(t *testing.T) {
	t.Parallel()
	s := newShop(t, failing(fault.New(fault.CodeOverloaded, "Too much.")))
	s.ask("GET", "/v1/failure", "").problem(t, http.StatusServiceUnavailable, fault.CodeOverloaded)
	if said := s.logs.String(); said != "" {
		t.Errorf("logged %s: a flood would fill the log", said)
	}
}

func TestDeadlineIsAnOutage(t *testing.T) {
	t.Parallel()
	s := newShop(t, failing(fmt.Errorf("find: %w", context.DeadlineExceeded)))
	s.ask("GET", "/v1/failure", "").problem(t, http.StatusServiceUnavailable, fault.CodeUnavailable)
}

func TestUnknownPathIsNotFound(t *testing.T) {
	t.Parallel()
	s := newShop(t, failing(nil))
	for _, path := range []string{"/", "/v1", "/v1/failure/", "/v1/Failure", "/v2/failure", "/v1/%2e%2e/failure", "/v1//failure", "/.env"} {
		s.ask("GET", path, "").problem(t, http.StatusNotFound, fault.CodeNotFound)
	}
}

func TestMethodThatAPathLacksIsToldWithThoseItHas(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(api *web.API) {
		nothing := func(context.Context, *struct{}) (*struct{}, error) { return nil, nil }
		one := func(context.Context, *struct {
			ID string `path:"id"`
		}) (*struct{}, error) {
			return nil, nil
		}
		web.Get(api, "/v1/things", "List", web.Public(), nothing)
		web.Post(api, "/v1/things", "Add", web.Public(), nothing)
		web.Delete(api, "/v1/things/{id}", "Remove", web.Public(), one)
	})
	for _, c := range []struct{ method, path, want string }{
		{"DELETE", "/v1/things", "GET, HEAD, POST"},
		{"FOO", "/v1/things", "GET, HEAD, POST"},
		{"GET", "/v1/things/7", "DELETE"},
		{"GET", "/v1/things/a%2Fb", "DELETE"},
		{"POST", "/livez", "GET, HEAD"},
		{"PUT", "/openapi.json", "GET, HEAD"},
	} {
		got := s.ask(c.method, c.path, "")
		got.problem(t, http.StatusMethodNotAllowed, fault.CodeMethodNotAllowed)
		if allow := got.Header.Get("Allow"); allow != c.want {
			t.Errorf("%s %s: Allow is %q, want %q", c.method, c.path, allow, c.want)
		}
	}
}

func TestHeadIsAnsweredWithoutABody(t *testing.T) {
	t.Parallel()
	s := newShop(t, failing(fault.NotFoundf("no")))
	if got := s.ask("HEAD", "/v1/failure", ""); got.StatusCode != http.StatusNotFound || len(got.raw) != 0 {
		t.Errorf("HEAD answers %s with %q", got.Status, got.raw)
	}
	if got := s.ask("HEAD", "/livez", ""); got.StatusCode != http.StatusOK || len(got.raw) != 0 {
		t.Errorf("HEAD answers %s with %q", got.Status, got.raw)
	}
}

func TestEveryAnswerIsSafe(t *testing.T) {
	t.Parallel()
	s := newShop(t, failing(errors.New("x")))
	for _, path := range []string{"/v1/failure", "/nowhere", "/livez", "/docs", "/openapi.json"} {
		h := s.ask("GET", path, "").Header
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s lacks a header: %v", path, h)
		}
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none';") {
			t.Errorf("%s has policy %q", path, h.Get("Content-Security-Policy"))
		}
	}
}

func TestRequestKeepsAnIDThatIsFitToRepeat(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	for _, good := range []string{"a", "7f3c-22", strings.Repeat("x", 128), "~!"} {
		if got := s.ask("GET", "/livez", "", "X-Request-Id", good).Header.Get("X-Request-Id"); got != good {
			t.Errorf("X-Request-Id %q became %q", good, got)
		}
	}
	var fresh []string
	for _, bad := range []string{"", "a b", strings.Repeat("x", 129), "ä"} {
		got := s.ask("GET", "/livez", "", "X-Request-Id", bad).Header.Get("X-Request-Id")
		if len(got) != 36 || slices.Contains(fresh, got) {
			t.Errorf("X-Request-Id %q became %q, want a fresh id", bad, got)
		}
		fresh = append(fresh, got)
	}
}

func TestAnswerBelongsToTheTraceOfItsCaller(t *testing.T) {
	t.Parallel()
	const trace = "0af7651916cd43dd8448eb211c80319c"
	s := newShop(t, failing(errors.New("x")))
	p := s.ask("GET", "/v1/failure", "", "traceparent", "00-"+trace+"-b7ad6b7169203331-01").problem(t, 500, fault.CodeInternal)
	if p.TraceID != trace {
		t.Errorf("traceId is %s, want %s", p.TraceID, trace)
	}
	if other := s.ask("GET", "/v1/failure", "").problem(t, 500, fault.CodeInternal); other.TraceID == trace {
		t.Error("a request without a trace is in the one before")
	}
}
