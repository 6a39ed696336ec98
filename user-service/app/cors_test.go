package app

import (
	"net/http"
	"net/url"
	"testing"

	"golang.org/x/oauth2"
)

// A public application that runs in a browser, on a site of its own.
func TestScriptsOfOtherSitesGetTokens(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	const site = "https://spa.example"
	preflight := func(method, path string) answer {
		return s.call(t, "OPTIONS", path, "", nil, "Origin", site,
			"Access-Control-Request-Method", method, "Access-Control-Request-Headers", "authorization,content-type")
	}
	for path, method := range map[string]string{
		"/oauth2/token": "POST", "/oauth2/revoke": "POST", "/oauth2/userinfo": "GET", "/.well-known/jwks.json": "GET",
		"/.well-known/openid-configuration": "GET", "/.well-known/oauth-authorization-server": "GET",
	} {
		a := preflight(method, path)
		a.is(204)
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "Authorization, Content-Type",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("preflight of %s: %s = %q, want %q", path, name, got, want)
			}
		}
		if got := a.Header.Get("Access-Control-Allow-Credentials"); got != "" {
			t.Errorf("%s takes cookies from other sites", path)
		}
	}
	for _, path := range []string{"/oauth2/authorize", "/oauth2/sign-in", "/oauth2/introspect", "/v1/users/me", "/v1/auth/login"} {
		if got := preflight("POST", path).Header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s is open to scripts: %q", path, got)
		}
	}

	verifier := oauth2.GenerateVerifier()
	code := s.code(t, s.stranger("openid"), oauth2.S256ChallengeOption(verifier))
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
		"client_id": {strangerID}, "client_secret": {strangerPass},
	}
	for range 2 { // the second time it is refused, which the script must be able to read
		a := s.call(t, "POST", "/oauth2/token", "", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", site)
		if got := a.Header.Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("token = %d, Access-Control-Allow-Origin %q", a.Status, got)
		}
	}
	if a := s.call(t, "OPTIONS", "/oauth2/token", "", nil); a.Status != http.StatusMethodNotAllowed {
		t.Errorf("OPTIONS without a preflight = %d", a.Status)
	}
	refused := s.call(t, "GET", "/oauth2/userinfo", "x", nil, "Origin", site)
	if refused.refused(401, "UNAUTHENTICATED"); refused.Header.Get("Access-Control-Expose-Headers") == "" {
		t.Error("a script cannot read why its token is refused")
	}
}
