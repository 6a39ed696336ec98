package app

import (
	"net/url"
	"testing"

	"golang.org/x/oauth2"
)

// form posts a token to a route of OAuth2 as a client.
func (s *shop) tokenForm(t *testing.T, path, token, user, password string) answer {
	t.Helper()
	form := url.Values{"token": {token}, "client_id": {user}}
	if password != "" {
		form.Set("client_secret", password)
	}
	return s.call(t, "POST", path, "", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (s *shop) strangersToken(t *testing.T) *oauth2.Token {
	t.Helper()
	verifier := oauth2.GenerateVerifier()
	code := s.code(t, s.stranger("openid", "shop"), oauth2.S256ChallengeOption(verifier))
	token, err := s.stranger().Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestClientsAskAboutTokens(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	token := s.strangersToken(t)
	active := func(token, user, password string) any {
		t.Helper()
		return s.tokenForm(t, "/oauth2/introspect", token, user, password).is(200)["active"]
	}
	body := s.tokenForm(t, "/oauth2/introspect", token.AccessToken, "order-service", orderSecret).is(200)
	if body["active"] != true || body["client_id"] != strangerID || body["scope"] != "openid shop" || body["sub"] == "" || body["exp"] == nil {
		t.Errorf("access token: %v", body)
	}
	if active(token.RefreshToken, strangerID, strangerPass) != true {
		t.Error("its own refresh token is not active")
	}
	if active(token.RefreshToken, "order-service", orderSecret) != false || active("x", strangerID, strangerPass) != false {
		t.Error("another's refresh token, or none, is active")
	}
	s.tokenForm(t, "/oauth2/introspect", token.AccessToken, "phone", "").failsWith(400, "unauthorized_client")
	s.tokenForm(t, "/oauth2/introspect", token.AccessToken, "order-service", "wrong").failsWith(401, "invalid_client")
	s.tokenForm(t, "/oauth2/introspect", "", "order-service", orderSecret).failsWith(400, "invalid_request")
}

func TestClientsRevokeTheirTokensAlone(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	for _, revoke := range []func(*oauth2.Token) string{
		func(t *oauth2.Token) string { return t.RefreshToken }, func(t *oauth2.Token) string { return t.AccessToken },
	} {
		token := s.strangersToken(t)
		if s.tokenForm(t, "/oauth2/revoke", revoke(token), "order-service", orderSecret).is(200); s.tokenForm(t, "/oauth2/introspect", token.AccessToken, strangerID, strangerPass).is(200)["active"] != true {
			t.Error("another client revoked it")
		}
		if got := s.tokenForm(t, "/oauth2/revoke", revoke(token), strangerID, strangerPass); got.Status != 200 || got.Text != "" {
			t.Errorf("revoke = %d %s", got.Status, got.Text)
		}
		s.tokenForm(t, "/oauth2/revoke", revoke(token), strangerID, strangerPass).is(200)
		if s.tokenForm(t, "/oauth2/introspect", token.AccessToken, strangerID, strangerPass).is(200)["active"] != false {
			t.Error("its access token is active still")
		}
		refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken}}
		s.exchange(t, refresh, strangerID, strangerPass).failsWith(400, "invalid_grant")
		s.call(t, "GET", "/oauth2/userinfo", token.AccessToken, nil).refused(401, "UNAUTHENTICATED")
	}
	s.tokenForm(t, "/oauth2/revoke", "unknown", strangerID, strangerPass).is(200)
	s.tokenForm(t, "/oauth2/revoke", "", strangerID, strangerPass).failsWith(400, "invalid_request")
	s.tokenForm(t, "/oauth2/revoke", "x", strangerID, "wrong").failsWith(401, "invalid_client")
}

func TestApplicationsOfOthersDoNotGetAtTheAccount(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	token := s.strangersToken(t).AccessToken
	s.call(t, "GET", "/v1/users/me", token, nil).is(200)
	for path, method := range map[string]string{
		"/v1/users/me/sessions": "GET", "/v1/users/me/consents": "GET", "/v1/users/me": "PATCH", "/v1/users/me/password": "PUT", "/v1/auth/logout": "POST",
	} {
		s.call(t, method, path, token, map[string]any{}).refused(403, "FORBIDDEN")
	}
}

func TestOAuthSaysSoWhenRedisIsAway(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	token := s.strangersToken(t)
	s.redis.Close()
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.RefreshToken}}
	if got := s.exchange(t, refresh, strangerID, strangerPass); got.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	} else {
		got.failsWith(503, "temporarily_unavailable")
	}
	s.exchange(t, ownName(""), "order-service", orderSecret).is(200)
	s.call(t, "GET", "/v1/users/me", token.AccessToken, nil).is(200)
}
