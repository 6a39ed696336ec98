package app

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const client = "client@example.com"

const demoPassword = "OmsDemo!2026"

// code leads a fresh browser through the pages and returns the code.
func (s *shop) code(t *testing.T, app *oauth2.Config, options ...oauth2.AuthCodeOption) string {
	t.Helper()
	page := newBrowser(t, s).open(app.AuthCodeURL("some state", options...)).signIn(client, demoPassword)
	if page.status == http.StatusOK { // the first time
		page = page.allow()
	}
	back := page.sentBack()
	if back.Get("state") != "some state" || back.Get("iss") != s.url || back.Get("from") != "shop" || back.Get("code") == "" {
		t.Fatalf("sent back with %v", back)
	}
	return back.Get("code")
}

func TestGoClientsRunTheWholeCodeFlow(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	provider, err := oidc.NewProvider(t.Context(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	app := s.stranger(oidc.ScopeOpenID, "profile", "email", "shop")
	app.Endpoint = provider.Endpoint()
	verifier := oauth2.GenerateVerifier()
	code := s.code(t, app, oauth2.S256ChallengeOption(verifier), oidc.Nonce("a nonce"))

	token, err := app.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	identity, err := provider.Verifier(&oidc.Config{ClientID: strangerID}).Verify(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := identity.VerifyAccessToken(token.AccessToken); err != nil || identity.Nonce != "a nonce" {
		t.Errorf("at_hash: %v, nonce: %q", err, identity.Nonce)
	}
	var said struct {
		Name     string `json:"name"`
		SignedIn int64  `json:"auth_time"`
	}
	if err := identity.Claims(&said); err != nil || said.Name != "Chris Demo" || said.SignedIn == 0 {
		t.Errorf("claims = %+v, %v", said, err)
	}
	info, err := provider.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != identity.Subject || info.Email != client || info.EmailVerified {
		t.Errorf("user info = %+v, %v", info, err)
	}
	s.call(t, "GET", "/v1/users/me", token.AccessToken, nil).is(200)

	old := *token
	token.Expiry = token.Expiry.AddDate(-1, 0, 0)
	renewed, err := app.TokenSource(t.Context(), token).Token()
	if err != nil || renewed.AccessToken == old.AccessToken || renewed.RefreshToken == old.RefreshToken {
		t.Fatalf("refresh = %v, %v", renewed, err)
	}
	if _, err := provider.UserInfo(t.Context(), oauth2.StaticTokenSource(renewed)); err != nil {
		t.Error(err)
	}
	revoke(t, provider, app, renewed.RefreshToken)
	if _, err := provider.UserInfo(t.Context(), oauth2.StaticTokenSource(renewed)); err == nil {
		t.Error("the user info is told after the revocation")
	}
	renewed.Expiry = time.Now().Add(-time.Hour)
	refused, ok := errors.AsType[*oauth2.RetrieveError](second(app.TokenSource(t.Context(), renewed).Token()))
	if !ok || refused.ErrorCode != "invalid_grant" {
		t.Errorf("refresh after the revocation = %v, want invalid_grant", refused)
	}
}

func second[T any](_ T, err error) error { return err }

// revoke ends a token at the address that the discovery tells; the libraries
// have no call for it.
func revoke(t *testing.T, provider *oidc.Provider, app *oauth2.Config, token string) {
	t.Helper()
	var told struct {
		Address string `json:"revocation_endpoint"`
	}
	if err := provider.Claims(&told); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"token": {token}, "client_id": {app.ClientID}, "client_secret": {app.ClientSecret}}
	answer, err := http.PostForm(told.Address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("revocation = %s", answer.Status)
	}
}

// A service of others, in its own name; in both ways to show the secret, and in
// that which x/oauth2 finds out by itself.
func TestGoClientsGetTokensInTheirOwnName(t *testing.T) {
	t.Parallel()
	s := open(t)
	provider, err := oidc.NewProvider(t.Context(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, style := range []oauth2.AuthStyle{oauth2.AuthStyleAutoDetect, oauth2.AuthStyleInHeader, oauth2.AuthStyleInParams} {
		service := clientcredentials.Config{
			ClientID: "order-service", ClientSecret: orderSecret, TokenURL: provider.Endpoint().TokenURL,
			Scopes: []string{"product.validate"}, AuthStyle: style,
		}
		token, err := service.Token(t.Context())
		if err != nil || token.TokenType != "Bearer" || token.RefreshToken != "" || token.Extra("scope") != "product.validate" {
			t.Fatalf("style %d: %+v, %v", style, token, err)
		}
		verifier := provider.Verifier(&oidc.Config{ClientID: "oms"}) // the audience of access tokens
		if said, err := verifier.Verify(t.Context(), token.AccessToken); err != nil || said.Subject != "order-service" {
			t.Errorf("style %d: the token says %+v, %v", style, said, err)
		}
	}
}

// exchange trades a code by hand.
func (s *shop) exchange(t *testing.T, form url.Values, user, password string) answer {
	t.Helper()
	headers := []string{"Content-Type", "application/x-www-form-urlencoded"}
	request := answer{}
	if user != "" {
		probe, err := http.NewRequest(http.MethodPost, s.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		probe.SetBasicAuth(url.QueryEscape(user), url.QueryEscape(password))
		headers = append(headers, "Authorization", probe.Header.Get("Authorization"))
	}
	request = s.call(t, "POST", "/oauth2/token", "", form.Encode(), headers...)
	if request.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("Cache-Control = %q", request.Header.Get("Cache-Control"))
	}
	return request
}

// failsWith fails the test unless the answer is a failure of RFC 6749.
func (a answer) failsWith(status int, code string) {
	a.t.Helper()
	if body := a.is(status); body["error"] != code || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		a.t.Errorf("%s = %v, want %s", a.call, body, code)
	}
}

func TestSecondUseOfACodeRevokesWhatTheFirstGave(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	verifier := oauth2.GenerateVerifier()
	code := s.code(t, s.stranger("openid", "shop"), oauth2.S256ChallengeOption(verifier))
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier}}
	other := s.demo(t, "client")
	first := s.exchange(t, form, strangerID, strangerPass).is(200)
	s.call(t, "GET", "/oauth2/userinfo", first["access_token"].(string), nil).is(200)
	s.exchange(t, form, strangerID, strangerPass).failsWith(400, "invalid_grant")

	s.call(t, "GET", "/oauth2/userinfo", first["access_token"].(string), nil).refused(401, "UNAUTHENTICATED")
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first["refresh_token"].(string)}}
	s.exchange(t, refresh, strangerID, strangerPass).failsWith(400, "invalid_grant")
	s.refresh(t, other.Refresh).is(200)
}

func TestCodeIsBoundToItsClientAddressAndProof(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	verifier := oauth2.GenerateVerifier()
	code := s.code(t, s.stranger("openid"), oauth2.S256ChallengeOption(verifier))
	form := func(change ...string) url.Values {
		form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier}}
		for i := 0; i < len(change); i += 2 {
			form.Set(change[i], change[i+1])
		}
		return form
	}
	s.exchange(t, form("code_verifier", oauth2.GenerateVerifier()), strangerID, strangerPass).failsWith(400, "invalid_grant")
	s.exchange(t, form("code_verifier", ""), strangerID, strangerPass).failsWith(400, "invalid_grant")
	s.exchange(t, form("redirect_uri", callback+"/"), strangerID, strangerPass).failsWith(400, "invalid_grant")
	s.exchange(t, form("client_id", "phone"), "", "").failsWith(400, "invalid_grant")
	s.exchange(t, form("code", "x"), strangerID, strangerPass).failsWith(400, "invalid_grant")
	s.exchange(t, form(), strangerID, "wrong").failsWith(401, "invalid_client")
	s.exchange(t, form(), "nobody", "wrong").failsWith(401, "invalid_client")
	s.exchange(t, form(), strangerID, strangerPass).is(200)
}

// Applications can read access tokens, though they should not.
func TestAccessTokenTellsAnApplicationNoMoreThanItsScope(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	for scope, want := range map[string]struct{ email, name string }{
		"openid": {}, "openid email": {email: client}, "openid profile": {name: "Chris Demo"}, "openid shop": {client, "Chris Demo"},
	} {
		verifier := oauth2.GenerateVerifier()
		app := s.stranger(strings.Fields(scope)...)
		token, err := app.Exchange(t.Context(), s.code(t, app, oauth2.S256ChallengeOption(verifier)), oauth2.VerifierOption(verifier))
		if err != nil {
			t.Fatal(err)
		}
		said := jwt.MapClaims{}
		if _, _, err := jwt.NewParser().ParseUnverified(token.AccessToken, said); err != nil {
			t.Fatal(err)
		}
		email, _ := said["email"].(string)
		name, _ := said["name"].(string)
		if email != want.email || name != want.name {
			t.Errorf("with %s the token tells %q and %q, want %q and %q", scope, email, name, want.email, want.name)
		}
	}
}

func TestRefreshTokenIsBoundToItsClient(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	verifier := oauth2.GenerateVerifier()
	code := s.code(t, s.stranger("openid", "profile", "shop"), oauth2.S256ChallengeOption(verifier))
	token, err := s.stranger().Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	s.refresh(t, token.RefreshToken).refused(401, "UNAUTHENTICATED")
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken}}
	s.exchange(t, url.Values{"grant_type": form["grant_type"], "refresh_token": {s.demo(t, "client").Refresh}}, strangerID, strangerPass).failsWith(400, "invalid_grant")
	form.Set("scope", "openid email")
	s.exchange(t, form, strangerID, strangerPass).failsWith(400, "invalid_scope")
	form.Set("scope", "openid")
	narrow := s.exchange(t, form, strangerID, strangerPass).is(200)
	if narrow["scope"] != "openid" || narrow["id_token"] == nil {
		t.Errorf("narrower tokens = %v", narrow)
	}
	s.call(t, "GET", "/v1/users/me", narrow["access_token"].(string), nil).refused(403, "FORBIDDEN")
	s.call(t, "GET", "/oauth2/userinfo", narrow["access_token"].(string), nil).is(200)
	form.Set("refresh_token", narrow["refresh_token"].(string))
	form.Del("scope")
	if again := s.exchange(t, form, strangerID, strangerPass).is(200); again["scope"] != "openid profile shop" {
		t.Errorf("scope = %v, want the whole one again", again["scope"])
	}
}
