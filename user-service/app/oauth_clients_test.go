package app

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/config"
)

func ownName(scope string) url.Values {
	form := url.Values{"grant_type": {"client_credentials"}}
	if scope != "" {
		form.Set("scope", scope)
	}
	return form
}

func TestServiceGetsATokenOfItsOwn(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	given := s.exchange(t, ownName(""), "order-service", orderSecret).is(200)
	if given["token_type"] != "Bearer" || given["scope"] != "product.validate" || given["expires_in"] != 900.0 || given["refresh_token"] != nil || given["id_token"] != nil {
		t.Errorf("answer = %v", given)
	}
	post := ownName("product.validate")
	post.Set("client_id", "order-service")
	post.Set("client_secret", orderSecret)
	s.exchange(t, post, "", "").is(200)
	token := given["access_token"].(string)
	for _, path := range []string{"/v1/users/me", "/v1/users", "/v1/admin/audit", "/oauth2/userinfo"} {
		s.call(t, "GET", path, token, nil).refused(403, "FORBIDDEN")
	}
	s.call(t, "DELETE", "/v1/users/me/consents/x", token, nil).refused(403, "FORBIDDEN")
}

func TestTokenRequestsThatAreWrongFailInTheWordsOfOAuth(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	s.exchange(t, ownName("openid"), "order-service", orderSecret).failsWith(400, "invalid_scope")
	s.exchange(t, ownName("shop"), "order-service", orderSecret).failsWith(400, "invalid_scope")
	s.exchange(t, ownName(""), strangerID, strangerPass).failsWith(400, "unauthorized_client")
	s.exchange(t, url.Values{"grant_type": {"password"}}, strangerID, strangerPass).failsWith(400, "unsupported_grant_type")
	s.exchange(t, url.Values{}, strangerID, strangerPass).failsWith(400, "invalid_request")
	s.exchange(t, ownName(""), "order-service", "").failsWith(401, "invalid_client")
	s.exchange(t, ownName(""), "", "").failsWith(401, "invalid_client")
	s.exchange(t, url.Values{"grant_type": {"client_credentials", "client_credentials"}}, "order-service", orderSecret).failsWith(400, "invalid_request")
	both := ownName("")
	both.Set("client_secret", orderSecret)
	s.exchange(t, both, "order-service", orderSecret).failsWith(400, "invalid_request")
	other := ownName("")
	other.Set("client_id", strangerID)
	s.exchange(t, other, "order-service", orderSecret).failsWith(401, "invalid_client")
	secretOfPublic := url.Values{"grant_type": {"authorization_code"}, "client_id": {"phone"}, "client_secret": {"x"}}
	s.exchange(t, secretOfPublic, "", "").failsWith(401, "invalid_client")

	if got := s.exchange(t, ownName(""), "order-service", "wrong"); !strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Basic ") {
		t.Errorf("WWW-Authenticate = %q", got.Header.Get("WWW-Authenticate"))
	}
	s.call(t, "POST", "/oauth2/token", "", `{"grant_type":"client_credentials"}`, "Content-Type", "application/json").failsWith(400, "invalid_request")
	s.call(t, "POST", "/oauth2/token", "", strings.Repeat("x", 70_000), "Content-Type", "application/x-www-form-urlencoded").failsWith(400, "invalid_request")
	s.call(t, "POST", "/oauth2/token", "", "%zz", "Content-Type", "application/x-www-form-urlencoded").failsWith(400, "invalid_request")
	if got := s.call(t, "GET", "/oauth2/token", "", nil); got.Status != 405 {
		t.Errorf("GET = %d", got.Status)
	}
}

func TestRootRegistersAnApplicationWhoseSecretIsToldOnce(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	root := s.demo(t, "root")
	made := s.call(t, "POST", "/v1/admin/oauth-clients", root.Access, map[string]any{
		"name": "Reports", "redirectUris": []string{callback}, "grantTypes": []string{"authorization_code", "client_credentials"}, "scopes": []string{"openid", "report.read"},
	})
	body := made.is(201)
	clientID, secret := body["id"].(string), body["secret"].(string)
	path := "/v1/admin/oauth-clients/" + clientID
	if made.Header.Get("Location") != path || len(secret) < 43 {
		t.Errorf("Location %q, secret of %d characters", made.Header.Get("Location"), len(secret))
	}
	if given := s.exchange(t, ownName(""), clientID, secret).is(200); given["scope"] != "report.read" {
		t.Errorf("scope = %v", given["scope"])
	}
	var stored string
	if err := s.app.db.Get(&stored, `SELECT secret_hash FROM oauth_clients`); err != nil || strings.Contains(stored, secret) || len(stored) != 32 {
		t.Errorf("stored is %q, %v", stored, err)
	}
	for _, answer := range []answer{s.call(t, "GET", path, root.Access, nil), s.call(t, "GET", "/v1/admin/oauth-clients", root.Access, nil),
		s.call(t, "PATCH", path, root.Access, map[string]any{"name": "Numbers", "scopes": []string{"openid"}})} {
		if answer.is(200); strings.Contains(answer.Text, secret) || !strings.Contains(answer.Text, clientID) {
			t.Errorf("%s = %s", answer.call, answer.Text)
		}
	}
	s.exchange(t, ownName("report.read"), clientID, secret).failsWith(400, "invalid_scope")
	newBrowser(t, s).open(s.ask("client_id", clientID, "scope", "openid")).shows(200, "Numbers")
	s.call(t, "DELETE", path, root.Access, nil).is(204)
	s.call(t, "DELETE", path, root.Access, nil).refused(404, "NOT_FOUND")
	s.exchange(t, ownName(""), clientID, secret).failsWith(401, "invalid_client")
	deeds := s.call(t, "GET", "/v1/admin/audit?limit=3&actor="+root.ID, root.Access, nil).Text
	for _, action := range []string{"CLIENT_CREATED", "CLIENT_CHANGED", "CLIENT_DELETED"} {
		if !strings.Contains(deeds, action) {
			t.Errorf("audit lacks %s: %s", action, deeds)
		}
	}
	for _, who := range []string{"client", "admin"} {
		s.call(t, "GET", "/v1/admin/oauth-clients", s.demo(t, who).Access, nil).refused(403, "FORBIDDEN")
	}
}

func TestWrongApplicationsAreRefusedWithAllTheirMistakes(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	root := s.demo(t, "root").Access
	problem := s.call(t, "POST", "/v1/admin/oauth-clients", root, map[string]any{
		"id": "a b", "name": "x\ny", "public": true, "grantTypes": []string{"authorization_code", "client_credentials"}, "scopes": []string{"a b"},
		"redirectUris": []string{"http://shop.example/", "https://shop.example/#x", "/relative", "javascript:alert(1)", "https://u@shop.example/", "https://*.example/", callback},
	}).refused(422, "INVALID_REQUEST")
	found := places(problem)
	for _, place := range []string{"id", "name", "grantTypes", "scopes[0]", "redirectUris[0]", "redirectUris[1]", "redirectUris[2]", "redirectUris[3]", "redirectUris[4]", "redirectUris[5]"} {
		if !found["body."+place] {
			t.Errorf("no mistake at %s: %v", place, problem)
		}
	}
	if found["body.redirectUris[6]"] {
		t.Error("a good address is refused")
	}
	good := map[string]any{"id": strangerID, "name": "x", "grantTypes": []string{"client_credentials"}, "scopes": []string{}}
	s.call(t, "POST", "/v1/admin/oauth-clients", root, good).refused(409, "CLIENT_TAKEN")
	good["id"] = "mine"
	s.call(t, "POST", "/v1/admin/oauth-clients", root, good).is(201)
	s.call(t, "POST", "/v1/admin/oauth-clients", root, good).refused(409, "CLIENT_TAKEN")
	s.call(t, "PATCH", "/v1/admin/oauth-clients/mine", root, map[string]any{"secret": "x"}).refused(422, "INVALID_REQUEST")
	s.call(t, "PATCH", "/v1/admin/oauth-clients/mine", root, map[string]any{"grantTypes": []string{"authorization_code"}}).refused(422, "INVALID_REQUEST")
	s.call(t, "PATCH", "/v1/admin/oauth-clients/order-service", root, map[string]any{"name": "x"}).refused(403, "FORBIDDEN")
	s.call(t, "DELETE", "/v1/admin/oauth-clients/order-service", root, nil).refused(403, "FORBIDDEN")
}

func TestIDThatNoApplicationCanHaveNamesNone(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger)
	root := s.demo(t, "root").Access
	for path, name := range map[string]string{"%C3%BC": "ü", "%F0%9F%98%80": "😀", "%FF": "\xff", "%00": "\x00"} {
		for _, method := range []string{"GET", "PATCH", "DELETE"} {
			var body any
			if method == "PATCH" {
				body = map[string]any{"name": "x"}
			}
			s.call(t, method, "/v1/admin/oauth-clients/"+path, root, body).refused(404, "NOT_FOUND")
		}
		s.call(t, "DELETE", "/v1/users/me/consents/"+path, root, nil).refused(404, "NOT_FOUND")
		s.exchange(t, ownName(""), name, "x").failsWith(401, "invalid_client")
		newBrowser(t, s).open(s.ask("client_id", name)).shows(400, "")
	}
}

func TestEnvironmentsMistakesAreToldWithoutSecrets(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"not JSON":      `[{"id":"a","secret":"hush-hush"`,
		"more":          `[] [{"secret":"hush-hush"}]`,
		"unknown field": `[{"id":"a","hush-hush":1}]`,
		"no secret":     `[{"id":"a","grantTypes":["client_credentials"]}]`,
		"public secret": `[{"id":"a","public":true,"grantTypes":["refresh_token"],"secret":"hush-hush"}]`,
		"bad address":   `[{"id":"a","grantTypes":["authorization_code"],"redirectUris":["x"],"secret":"hush-hush"}]`,
		"twice":         `[{"id":"order-service","grantTypes":["client_credentials"],"secret":"hush-hush"}]`,
	} {
		cfg := defaults(t)
		cfg.OAuth.Clients = config.Secret(text)
		cfg.Redis.Addresses = []string{"127.0.0.1:1"}
		a, err := assemble(t.Context(), cfg, slog.New(slog.DiscardHandler))
		if err == nil {
			t.Errorf("%s: it starts", name)
			a.close()
			continue
		}
		if !strings.Contains(err.Error(), "OAUTH_CLIENTS") || strings.Contains(err.Error(), "hush-hush") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
