package app

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

const (
	callback     = "http://127.0.0.1:9/callback?from=shop"
	plainBack    = "http://127.0.0.1:9/back" // openid-client leaves out what is behind a ?
	strangerID   = "stranger"
	strangerPass = "strangers-secret"
)

// withStranger registers an application of others by the environment.
func withStranger(c *Config) {
	c.OAuth.Clients = `[{"id":"stranger","name":"Stranger's <App>","redirectUris":["` + callback + `","` + plainBack + `"],
		"grantTypes":["authorization_code","refresh_token"],"scopes":["openid","profile","email","shop","offline_access"],"secret":"strangers-secret"},
		{"id":"phone","name":"Phone","redirectUris":["com.example.phone:/back"],"grantTypes":["authorization_code"],"scopes":["openid","shop"],"public":true}]`
}

// stranger is that application with golang.org/x/oauth2.
func (s *shop) stranger(scopes ...string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: strangerID, ClientSecret: strangerPass, RedirectURL: callback, Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: s.url + "/oauth2/authorize", TokenURL: s.url + "/oauth2/token", AuthStyle: oauth2.AuthStyleInHeader},
	}
}

// browser is a person's, with cookies and without scripts.
type browser struct {
	t      *testing.T
	http   *http.Client
	halted bool // follows no redirect at all
}

// newBrowser follows redirects within the shop alone.
func newBrowser(t *testing.T, s *shop) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t}
	b.http = &http.Client{Transport: caller.Transport, Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if b.halted || !strings.HasPrefix(r.URL.String(), s.url+"/") {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return b
}

// page is what the browser shows.
type page struct {
	browser *browser
	at      *url.URL
	status  int
	header  http.Header
	text    string
}

func (b *browser) open(address string) page {
	b.t.Helper()
	return b.do(http.MethodGet, address, nil)
}

func (b *browser) do(method, address string, form url.Values, headers ...string) page {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.http.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{browser: b, at: response.Request.URL, status: response.StatusCode, header: response.Header, text: string(text)}
}

var (
	formPattern   = regexp.MustCompile(`(?s)<form method="post" action="([^"]+)">.*?</form>`)
	hiddenPattern = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
)

// form returns the page's nth form: where it leads and what is hidden in it.
func (p page) form(n int) (action string, fields url.Values) {
	p.browser.t.Helper()
	forms := formPattern.FindAllStringSubmatch(p.text, -1)
	if len(forms) <= n {
		p.browser.t.Fatalf("page %s (%d) has no form %d:\n%s", p.at, p.status, n, p.text)
	}
	target, err := p.at.Parse(html.UnescapeString(forms[n][1]))
	if err != nil {
		p.browser.t.Fatal(err)
	}
	fields = url.Values{}
	for _, hidden := range hiddenPattern.FindAllStringSubmatch(forms[n][0], -1) {
		fields.Set(hidden[1], html.UnescapeString(hidden[2]))
	}
	return target.String(), fields
}

// submit sends the page's nth form with what the person fills in.
func (p page) submit(n int, filledIn ...string) page {
	p.browser.t.Helper()
	action, fields := p.form(n)
	for i := 0; i+1 < len(filledIn); i += 2 {
		fields.Set(filledIn[i], filledIn[i+1])
	}
	return p.browser.do(http.MethodPost, action, fields)
}

// sentBack fails the test unless the page is a redirect to the application; it
// returns what is said there.
func (p page) sentBack() url.Values {
	p.browser.t.Helper()
	if p.status != http.StatusSeeOther || !strings.HasPrefix(p.header.Get("Location"), callback+"&") {
		p.browser.t.Fatalf("page %s = %d, to %q, want a redirect to the application:\n%s", p.at, p.status, p.header.Get("Location"), p.text)
	}
	target, err := url.Parse(p.header.Get("Location"))
	if err != nil {
		p.browser.t.Fatal(err)
	}
	return target.Query()
}

// shows fails the test unless the page has a status and some texts.
func (p page) shows(status int, texts ...string) page {
	p.browser.t.Helper()
	for _, text := range texts {
		if p.status != status || !strings.Contains(p.text, text) {
			p.browser.t.Fatalf("page %s = %d (to %q), want %d with %q:\n%s", p.at, p.status, p.header.Get("Location"), status, text, p.text)
		}
	}
	return p
}

// signIn fills in the sign-in form.
func (p page) signIn(email, password string) page {
	p.browser.t.Helper()
	return p.submit(0, "email", email, "password", password)
}

// allow agrees on the consent page.
func (p page) allow() page {
	p.browser.t.Helper()
	return p.shows(200, "Allow ").submit(0, "decision", "allow")
}
