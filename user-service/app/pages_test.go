package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B

// ask is an application's request; changes come in pairs, "" takes out.
func (s *shop) ask(change ...string) string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {strangerID}, "redirect_uri": {callback}, "scope": {"openid email"},
		"state": {"a state & more"}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(change); i += 2 {
		if query.Set(change[i], change[i+1]); change[i+1] == "" {
			query.Del(change[i])
		}
	}
	return s.url + "/oauth2/authorize?" + query.Encode()
}

func TestConsentIsRememberedAndCanBeTakenBack(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	b := newBrowser(t, s)
	first := b.open(s.ask()).shows(200, "Sign in", "Stranger&#39;s &lt;App&gt;").signIn(client, demoPassword)
	first.shows(200, "see your e-mail address", client, "127.0.0.1:9").allow().sentBack()
	if again := b.open(s.ask("prompt", "none")).sentBack(); again.Get("code") == "" {
		t.Errorf("the second time: %v", again)
	}
	b.open(s.ask("scope", "openid shop")).shows(200, "Allow", "shop as you")
	b.open(s.ask("prompt", "consent")).shows(200, "Allow")

	me := s.demo(t, "client")
	list := s.call(t, "GET", "/v1/users/me/consents", me.Access, nil).is(200)["items"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["clientId"] != strangerID {
		t.Errorf("consents = %v", list)
	}
	verifier := oauth2.GenerateVerifier()
	token, err := s.stranger().Exchange(t.Context(), s.code(t, s.stranger("openid", "shop"), oauth2.S256ChallengeOption(verifier)), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	s.call(t, "DELETE", "/v1/users/me/consents/stranger", me.Access, nil).is(204)
	s.call(t, "DELETE", "/v1/users/me/consents/stranger", me.Access, nil).refused(404, "NOT_FOUND")
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken}}
	s.exchange(t, refresh, strangerID, strangerPass).failsWith(400, "invalid_grant")
	b.open(s.ask()).shows(200, "Allow")
	s.refresh(t, me.Refresh).is(200)
}

func TestPromptsAndAgesAreKept(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	b := newBrowser(t, s)
	if back := b.open(s.ask("prompt", "none")).sentBack(); back.Get("error") != "login_required" || back.Get("state") != "a state & more" || back.Get("iss") != s.url {
		t.Errorf("nobody signed in: %v", back)
	}
	page := b.open(s.ask("login_hint", client)).shows(200, `value="client@example.com"`).signIn(client, demoPassword)
	if back := b.open(s.ask("prompt", "none")).sentBack(); back.Get("error") != "consent_required" {
		t.Errorf("not agreed: %v", back)
	}
	page.allow().sentBack()
	for _, change := range [][]string{{"prompt", "login"}, {"prompt", "select_account"}, {"max_age", "0"}} {
		b.open(s.ask(change...)).shows(200, "Sign in").signIn(client, demoPassword).sentBack()
	}
	b.open(s.ask("max_age", "3600")).sentBack()
	other := b.open(s.ask("prompt", "consent")).shows(200, "Allow").submit(1) // use another account
	other.shows(200, "Sign in").signIn("admin@example.com", demoPassword).shows(200, "admin@example.com")
}

func TestApplicationGetsWhomItMeans(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	b := newBrowser(t, s)
	verifier := oauth2.GenerateVerifier()
	code := s.code(t, s.stranger("openid", "email"), oauth2.S256ChallengeOption(verifier))
	token, err := s.stranger().Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	hint, _ := token.Extra("id_token").(string) // of the client
	b.open(s.ask()).signIn("admin@example.com", demoPassword).allow().sentBack()
	if back := b.open(s.ask("prompt", "none", "id_token_hint", hint)).sentBack(); back.Get("error") != "login_required" {
		t.Errorf("somebody else is signed in: %v, want login_required", back)
	}
	for _, other := range []string{token.AccessToken, hint + "x", "x"} { // no ID tokens
		if back := b.open(s.ask("prompt", "none", "id_token_hint", other)).sentBack(); back.Get("code") == "" {
			t.Errorf("hint %.10s: %v", other, back)
		}
	}
	b.open(s.ask("id_token_hint", hint)).shows(200, "Sign in").signIn(client, demoPassword).sentBack()
	if back := b.open(s.ask("prompt", "none", "id_token_hint", hint)).sentBack(); back.Get("code") == "" {
		t.Errorf("the one that is meant: %v", back)
	}
}

func TestPersonMayRefuse(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	b := newBrowser(t, s)
	back := b.open(s.ask()).signIn(client, demoPassword).submit(0, "decision", "deny").sentBack()
	if back.Get("error") != "access_denied" || back.Get("code") != "" {
		t.Errorf("sent back with %v", back)
	}
	b.open(s.ask()).shows(200, "Allow")
}

func TestWrongPasswordIsToldOnThePageAndGuessingSlowsDown(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger, func(c *Config) { c.Password.PerAccount = 3 })
	page := newBrowser(t, s).open(s.ask())
	for range 3 {
		page = page.signIn(client, "wrong").shows(401, "E-mail address or password is wrong.", `role="alert"`, `value="client@example.com"`)
	}
	if slow := page.signIn(client, demoPassword).shows(429, "Too many"); slow.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestFailuresGoToTheApplicationOnlyWhereItsAddressIsRegistered(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	b := newBrowser(t, s)
	for _, uri := range []string{
		"", "http://127.0.0.1:9/callback", callback + "&x=1", callback + "/..", callback + "#x", strings.ToUpper(callback), "https://evil.example/",
		"http://127.0.0.1:9@evil.example/callback?from=shop", "//evil.example", "javascript:alert(1)", callback + "%00", " " + callback, callback + "\n",
	} {
		for _, change := range [][]string{{}, {"response_type", "token"}, {"prompt", "none"}} {
			if got := b.open(s.ask(append(change, "redirect_uri", uri)...)); got.status != 400 || got.header.Get("Location") != "" {
				t.Errorf("redirect_uri %q: %d to %q, want 400 and no redirect", uri, got.status, got.header.Get("Location"))
			}
		}
	}
	b.open(s.ask("client_id", "nobody")).shows(400, "not known")
	b.open(s.ask()+"&redirect_uri=https://evil.example/").shows(400, "repeated")
	b.open(s.ask()+"&client_id=phone").shows(400, "repeated")
	b.open(s.url+"/oauth2/authorize").shows(400, "missing")
	b.open(s.url+"/oauth2/authorize?%zz").shows(400, "not readable")
	for want, change := range map[string][]string{
		"unsupported_response_type": {"response_type", "token"},
		"invalid_scope":             {"scope", "openid product.validate"},
		"request_not_supported":     {"request", "x"},
		"request_uri_not_supported": {"request_uri", "https://evil.example"},
	} {
		if back := b.open(s.ask(change...)).sentBack(); back.Get("error") != want || back.Get("iss") != s.url {
			t.Errorf("%v: sent back with %v, want %s", change, back, want)
		}
	}
	for _, change := range [][]string{
		{"response_type", ""}, {"code_challenge", ""}, {"code_challenge_method", "plain"}, {"code_challenge_method", ""}, {"code_challenge", "short"},
		{"prompt", "none login"}, {"max_age", "-1"}, {"max_age", "x"}, {"response_mode", "fragment"}, {"state", strings.Repeat("x", 1001)},
	} {
		if back := b.open(s.ask(change...)).sentBack(); back.Get("error") != "invalid_request" {
			t.Errorf("%v: sent back with %v, want invalid_request", change, back)
		}
	}
	if back := b.open(s.ask() + "&nonce=1&nonce=2").sentBack(); back.Get("error") != "invalid_request" {
		t.Errorf("repeated nonce: %v", back)
	}
}

func TestFormsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	victim, thief := newBrowser(t, s), newBrowser(t, s)
	signedIn := victim.open(s.ask()).signIn(client, demoPassword).shows(200, "Allow")
	action, own := signedIn.form(0)
	_, stolen := thief.open(s.ask()).signIn("admin@example.com", demoPassword).shows(200, "Allow").form(0)
	for name, form := range map[string]url.Values{
		"no token": {}, "empty token": {"token": {""}}, "another's token": stolen,
	} {
		form.Set("decision", "allow")
		if got := victim.do("POST", action, form); got.status != http.StatusForbidden {
			t.Errorf("%s: %d, want 403", name, got.status)
		}
	}
	own.Set("decision", "allow")
	widened := strings.Replace(action, "scope=openid+email", "scope=openid+shop", 1)
	if got := victim.do("POST", widened, own); widened == action || got.status != http.StatusForbidden {
		t.Errorf("a token for another request: %d, want 403", got.status)
	}
	loginAction, _ := thief.open(s.ask("prompt", "login")).form(0)
	fresh := newBrowser(t, s)
	got := fresh.do("POST", loginAction, url.Values{"email": {client}, "password": {demoPassword}})
	if got.status != http.StatusForbidden || got.header.Get("Set-Cookie") != "" {
		t.Errorf("sign-in from elsewhere: %d, sets %q", got.status, got.header.Get("Set-Cookie"))
	}
	victim.do("POST", action, own).sentBack()
}

func TestSessionOfThePagesEndsWithThePasswordAndIsNoToken(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	me := s.register(t)
	b := newBrowser(t, s)
	b.open(s.ask()).signIn(me.Email, goodPassword).allow().sentBack()
	b.open(s.ask()).sentBack()
	change := map[string]any{"oldPassword": goodPassword, "newPassword": "An0ther-Secret!pw"}
	s.call(t, "PUT", "/v1/users/me/password", me.Access, change).is(204)
	b.open(s.ask()).shows(200, "Sign in")
	forged := newBrowser(t, s)
	for _, cookie := range []string{"x", "x.y", me.ID + ".y", strings.SplitN(me.Refresh, ".", 2)[0] + ".x", me.Refresh} {
		if got := forged.do("GET", s.ask(), nil, "Cookie", "oms_visitor="+cookie); !strings.Contains(got.text, "Sign in") {
			t.Errorf("cookie %q: %d", cookie, got.status)
		}
	}
}

func TestPagesAreLockedDown(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	b := newBrowser(t, s)
	got := b.open(s.ask())
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self' http://127.0.0.1:9; base-uri 'none'; frame-ancestors 'none'",
		"X-Frame-Options":         "DENY", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, got.header.Get(name), want)
		}
	}
	if cookie := got.header.Get("Set-Cookie"); !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || strings.Contains(cookie, "Secure") {
		t.Errorf("Set-Cookie = %q", cookie)
	}
	if strings.Contains(got.text, "<script") || !strings.Contains(got.text, `<html lang="en">`) {
		t.Error("the page has scripts or no language")
	}
	if style := b.open(s.url + "/oauth2/style.css"); style.status != 200 || !strings.Contains(style.text, "prefers-color-scheme: dark") {
		t.Errorf("style = %d", style.status)
	}
	secure := open(t, withStranger, func(c *Config) { c.Tokens.Issuer = "https://shop.example" })
	if cookie := newBrowser(t, secure).open(secure.ask()).header.Get("Set-Cookie"); !strings.Contains(cookie, "Secure") {
		t.Errorf("Set-Cookie behind https = %q", cookie)
	}
}

func TestRequestMayComeAsAForm(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	query, err := url.Parse(s.ask())
	if err != nil {
		t.Fatal(err)
	}
	newBrowser(t, s).do("POST", s.url+"/oauth2/authorize", query.Query()).shows(200, "Sign in")
}

func TestPagesSaySoWhenRedisIsAway(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	b := newBrowser(t, s)
	page := b.open(s.ask())
	b.open(s.ask()).signIn(client, demoPassword)
	s.redis.Close()
	if got := page.signIn(client, demoPassword); got.status != 503 && got.status != 403 {
		t.Errorf("sign-in without Redis = %d", got.status)
	}
	if got := b.open(s.ask()); got.status != 503 || got.header.Get("Retry-After") == "" {
		t.Errorf("authorize without Redis = %d", got.status)
	}
}
