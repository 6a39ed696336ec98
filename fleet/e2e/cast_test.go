package e2e_test

import (
	"crypto/rand"
	"encoding/json"
	"html"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// cast is everybody who may call a route, by their names in docs/access.md.
type cast struct {
	t       *testing.T
	users   *shop.Shop
	address string            // of user-service
	tokens  map[string]string // none for nobody
	order   string            // of the client's
}

const (
	unknownID = "01900000-0000-7000-8000-000000000000"
	redirect  = "https://app.example/callback"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" // RFC 7636, appendix B
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)

func newCast(t *testing.T, f *tried) *cast {
	t.Helper()
	address := f.address("user-service")
	c := &cast{t: t, users: shop.New(address), address: address, tokens: map[string]string{"nobody": ""}}
	root, _ := c.login("root@example.com", "OmsDemo!2026")
	for _, caller := range []string{"client", "other", "admin", "root"} {
		email, password := strings.ToLower(rand.Text())+"@e2e.example", "Te5t-"+rand.Text()
		c.ask(http.MethodPost, "/v1/auth/register", "", map[string]any{"email": email, "password": password}, nil)
		_, userID := c.login(email, password)
		roles := map[string]any{"roles": []string{map[string]string{"admin": "ADMIN", "root": "ROOT"}[caller]}}
		if caller == "admin" || caller == "root" {
			c.ask(http.MethodPut, "/v1/users/"+userID+"/roles", root, roles, nil)
		}
		c.tokens[caller], _ = c.login(email, password)
		if caller == "client" {
			c.tokens["app"] = c.app(root, email, password)
		}
	}
	c.tokens["service"], c.tokens["reports"] = c.service(root, "product.validate"), c.service(root, "report.read")
	var placed struct {
		ID string `json:"orderId"`
	}
	draft := map[string]any{"products": []any{map[string]any{"id": unknownID, "quantity": 1}}, "address": "1 Main Street"}
	if err := f.shop.Ask(t.Context(), shop.Call{Method: http.MethodPost, Path: "/v1/orders", Token: c.tokens["client"], Body: draft}, &placed); err != nil {
		t.Fatal(err)
	}
	c.order = placed.ID
	return c
}

// path fills in what a path leaves open: the client's order, else what does not
// exist.
func (c *cast) path(path string) string {
	if strings.HasPrefix(path, "/v1/orders/") {
		path = strings.Replace(path, "{id}", c.order, 1)
	}
	return regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(path, unknownID)
}

func (c *cast) ask(method, path, token string, body, out any) {
	c.t.Helper()
	if err := c.users.Ask(c.t.Context(), shop.Call{Method: method, Path: path, Token: token, Body: body}, out); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cast) login(email, password string) (token, userID string) {
	c.t.Helper()
	var said struct {
		Token  string `json:"accessToken"`
		UserID string `json:"userId"`
	}
	c.ask(http.MethodPost, "/v1/auth/login", "", map[string]any{"email": email, "password": password}, &said)
	return said.Token, said.UserID
}

// register makes an OAuth client.
func (c *cast) register(root string, body map[string]any) (clientID, secret string) {
	c.t.Helper()
	var said struct{ ID, Secret string }
	c.ask(http.MethodPost, "/v1/admin/oauth-clients", root, body, &said)
	return said.ID, said.Secret
}

// service is a service's own token with a scope.
func (c *cast) service(root, scope string) string {
	c.t.Helper()
	clientID, secret := c.register(root, map[string]any{"name": "A service", "grantTypes": []string{"client_credentials"}, "scopes": []string{scope}})
	return c.token(url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret}})
}

func (c *cast) token(form url.Values) string {
	c.t.Helper()
	answer, err := http.PostForm(c.address+"/oauth2/token", form) //nolint:noctx // a test
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	var said struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil || said.Token == "" {
		c.t.Fatalf("%s gives no token: %s, %v", c.address, answer.Status, err)
	}
	return said.Token
}

// app is the token of an application of others that may only know who someone
// is, by the pages.
func (c *cast) app(root, email, password string) string {
	c.t.Helper()
	clientID, _ := c.register(root, map[string]any{
		"name": "An app", "public": true, "grantTypes": []string{"authorization_code"}, "scopes": []string{"openid"}, "redirectUris": []string{redirect},
	})
	query := url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {redirect}, "scope": {"openid"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page, err := browser.Get(c.address + "/oauth2/authorize?" + query.Encode())
	page = c.submit(browser, page, err, url.Values{"email": {email}, "password": {password}})
	page = c.submit(browser, page, nil, url.Values{"decision": {"allow"}})
	back, err := page.Location()
	if err != nil {
		c.t.Fatalf("not sent back: %s", page.Status)
	}
	return c.token(url.Values{
		"grant_type": {"authorization_code"}, "client_id": {clientID}, "redirect_uri": {redirect},
		"code": {back.Query().Get("code")}, "code_verifier": {verifier},
	})
}

var formPattern = regexp.MustCompile(`(?s)<form method="post" action="([^"]+)">.*?name="token" value="([^"]+)"`)

// submit fills in the first form of a page.
func (c *cast) submit(browser *http.Client, page *http.Response, err error, fields url.Values) *http.Response {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	defer page.Body.Close()
	var text strings.Builder
	if err := page.Write(&text); err != nil {
		c.t.Fatal(err)
	}
	form := formPattern.FindStringSubmatch(text.String())
	if form == nil {
		c.t.Fatalf("no form: %s", text.String())
	}
	action, err := page.Request.URL.Parse(html.UnescapeString(form[1]))
	if err != nil {
		c.t.Fatal(err)
	}
	fields.Set("token", form[2])
	next, err := browser.PostForm(action.String(), fields)
	if err != nil {
		c.t.Fatal(err)
	}
	return next
}
