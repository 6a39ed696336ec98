package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/web"
)

// whoOutput tells who asked.
type whoOutput struct {
	Body struct {
		Client string `json:"client"`
	}
}

func who(ctx context.Context, _ *struct{}) (*whoOutput, error) {
	out := &whoOutput{}
	out.Body.Client = auth.From(ctx).ClientID
	return out, nil
}

func withEveryAccess(api *web.API) {
	for path, access := range map[string]web.Access{
		"/public": web.Public(), "/optional": web.Optional(), "/signed-in": web.SignedIn(), "/admin": web.Admin(), "/root": web.Root(),
		"/own": web.Own(), "/scoped": web.Scoped("things.read"), "/service": web.Service("things.read"),
	} {
		web.Get(api, path, "Who am I", access, who)
	}
}

func TestAccessIsAsEachRouteSays(t *testing.T) {
	t.Parallel()
	s := newShop(t, withEveryAccess)
	const ok, unknown, forbidden, away = http.StatusOK, http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable
	callers := []string{"", "bad", "client", "admin", "root", "scoped", "unscoped", "scopedUser", "stranger", "shopper", "away"}
	for path, wants := range map[string][]int{
		"/public":    {ok, ok, ok, ok, ok, ok, ok, ok, ok, ok, ok},
		"/optional":  {ok, unknown, ok, ok, ok, ok, ok, ok, ok, ok, away},
		"/signed-in": {unknown, unknown, ok, ok, ok, forbidden, forbidden, ok, forbidden, ok, away},
		"/own":       {unknown, unknown, ok, ok, ok, forbidden, forbidden, ok, forbidden, forbidden, away},
		"/scoped":    {unknown, unknown, forbidden, forbidden, forbidden, forbidden, forbidden, ok, forbidden, forbidden, away},
		"/admin":     {unknown, unknown, forbidden, ok, ok, forbidden, forbidden, forbidden, forbidden, forbidden, away},
		"/root":      {unknown, unknown, forbidden, forbidden, ok, forbidden, forbidden, forbidden, forbidden, forbidden, away},
		"/service":   {unknown, unknown, forbidden, forbidden, forbidden, ok, forbidden, forbidden, forbidden, forbidden, away},
	} {
		for i, caller := range callers {
			var headers []string
			if caller != "" {
				headers = []string{"Authorization", "Bearer " + caller}
			}
			got := s.ask("GET", path, "", headers...)
			switch want := wants[i]; want {
			case ok:
				if got.StatusCode != ok {
					t.Errorf("%s for %q answers %s", path, caller, got.Status)
				}
			default:
				got.problem(t, want, codes[want])
			}
		}
	}
}

var codes = map[int]fault.Code{
	http.StatusUnauthorized: fault.CodeUnauthenticated, http.StatusForbidden: fault.CodeForbidden, http.StatusServiceUnavailable: fault.CodeUnavailable,
}

func TestHandlerKnowsWhoAsks(t *testing.T) {
	t.Parallel()
	s := newShop(t, withEveryAccess)
	for _, c := range []struct{ path, token, want string }{
		{"/signed-in", "client", "oms"}, {"/service", "scoped", "order-service"}, {"/optional", "admin", "oms"}, {"/public", "admin", ""},
	} {
		var got struct{ Client string }
		s.ask("GET", c.path, "", "Authorization", "Bearer "+c.token).into(t, &got)
		if got.Client != c.want {
			t.Errorf("%s knows %q, want %q", c.path, got.Client, c.want)
		}
	}
}

func TestAuthorizationIsReadAsTheStandardSays(t *testing.T) {
	t.Parallel()
	s := newShop(t, withEveryAccess)
	for header, want := range map[string]int{
		"Bearer client": http.StatusOK, "bearer client": http.StatusOK, "BEARER  client ": http.StatusOK,
		"Bearer": http.StatusUnauthorized, "Bearer ": http.StatusUnauthorized, "client": http.StatusUnauthorized,
		"Basic client": http.StatusUnauthorized, "Bearerclient": http.StatusUnauthorized, "Bearer client x": http.StatusUnauthorized,
	} {
		if got := s.ask("GET", "/signed-in", "", "Authorization", header); got.StatusCode != want {
			t.Errorf("Authorization %q answers %s, want %d", header, got.Status, want)
		}
	}
}

func TestChallengeNamesAnErrorOnlyWhereATokenWasSent(t *testing.T) {
	t.Parallel()
	s := newShop(t, withEveryAccess)
	if got, want := s.ask("GET", "/admin", "").Header.Get("WWW-Authenticate"), `Bearer realm="oms"`; got != want {
		t.Errorf("without a token: WWW-Authenticate is %s, want %s", got, want)
	}
	got, want := s.ask("GET", "/admin", "", "Authorization", "Bearer bad").Header.Get("WWW-Authenticate"), `Bearer realm="oms", error="invalid_token"`
	if got != want {
		t.Errorf("with a bad token: WWW-Authenticate is %s, want %s", got, want)
	}
}

func TestNobodyLearnsOfMistakesWhoMayNotAsk(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	s.ask("POST", "/v1/things", "{").problem(t, http.StatusUnauthorized, fault.CodeUnauthenticated)
	s.ask("PATCH", "/v1/things/no-id", "{", "Authorization", "Bearer client").problem(t, http.StatusForbidden, fault.CodeForbidden)
}

func TestAcceptThatLeavesJSONOutIsRefusedBeforeTheHandlerRuns(t *testing.T) {
	t.Parallel()
	ran := false
	s := newShop(t, func(api *web.API) {
		web.Post(api, "/v1/things", "Add", web.Public(), func(context.Context, *struct{}) (*struct{}, error) {
			ran = true
			return nil, nil
		})
	})
	for _, accept := range []string{
		"text/html", "application/xml, text/*", "application/json;q=0", "application/json; q=0.0", "application/json;q=0, */*", "nonsense", "image/*;q=1",
	} {
		s.ask("POST", "/v1/things", "", "Accept", accept).problem(t, http.StatusNotAcceptable, fault.CodeNotAcceptable)
	}
	if ran {
		t.Error("the handler ran")
	}
	for _, accept := range []string{
		"", "*/*", "application/json", "Application/JSON", "application/*;q=0.1", "text/html, */*;q=0.1", "application/problem+json",
		"application/json;charset=utf-8;q=0.5", "application/json, application/*;q=0", "application/json;q=much",
	} {
		if got := s.ask("POST", "/v1/things", "", "Accept", accept); got.StatusCode != http.StatusCreated {
			t.Errorf("Accept %q answers %s", accept, got.Status)
		}
	}
}

func TestFailureIsAProblemWhateverTheClientPrefers(t *testing.T) {
	t.Parallel()
	s := newShop(t, failing(fault.NotFoundf("no")))
	for _, accept := range []string{"application/problem+json", "application/json", "text/html, */*"} {
		s.ask("GET", "/v1/failure", "", "Accept", accept).problem(t, http.StatusNotFound, fault.CodeNotFound)
	}
	if got := s.ask("GET", "/v1/failure", "", "Accept-Encoding", strings.Repeat("gzip,", 1000)); got.StatusCode != http.StatusNotFound {
		t.Errorf("answers %s", got.Status)
	}
}
