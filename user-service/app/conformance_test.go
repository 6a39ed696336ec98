package app

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/oms-fleet/oms/common/config"
)

const conformance = "../conformance"

// install installs, once, the libraries that others wrote.
var install = sync.OnceValues(func() (string, error) {
	command := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--silent")
	command.Dir = conformance
	said, err := command.CombinedOutput()
	return string(said), err
})

// program is one of those that run on Node.
type program struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
}

// start runs a program until the test ends. Without Node there is no test.
func start(t *testing.T, script string) *program {
	t.Helper()
	if said, err := install(); err != nil {
		t.Fatalf("npm ci in user-service/conformance: %v: %s (Node and npm are needed; on Debian: apt-get install nodejs npm)", err, said)
	}
	command := exec.CommandContext(t.Context(), "node", script)
	command.Dir, command.Stderr = conformance, t.Output()
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		command.Wait()
	})
	return &program{t: t, in: in, out: bufio.NewScanner(out)}
}

// tell sends a line and returns the one that comes back.
func (p *program) tell(what any) string {
	p.t.Helper()
	raw, err := json.Marshal(what)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.in.Write(append(raw, '\n')); err != nil {
		p.t.Fatal(err)
	}
	var heard string
	for p.out.Scan() {
		if json.Unmarshal(p.out.Bytes(), &heard) == nil {
			return heard
		}
	}
	p.t.Fatalf("the program said nothing to %s", raw)
	return ""
}

func TestClientsOfOthersAcceptTheProvider(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"openid-client.mjs", "oauth4webapi.mjs"} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			s := open(t, withStranger)
			p := start(t, script)
			address := p.tell(map[string]any{
				"issuer": s.url, "redirect": plainBack,
				"app":     map[string]string{"id": strangerID, "secret": strangerPass},
				"service": map[string]string{"id": "order-service", "secret": orderSecret},
			})
			back := newBrowser(t, s).open(address).signIn(client, demoPassword).allow()
			if got := p.tell(back.header.Get("Location")); got != "done" {
				t.Errorf("%s said %s", script, got)
			}
		})
	}
}

// upstream is another provider, which signs in whom the test names.
type upstream struct {
	*program
	issuer string
}

// withUpstream sets oidc-provider as another provider.
func withUpstream(t *testing.T, u *upstream) func(*Config) {
	return func(c *Config) {
		u.program = start(t, "oidc-provider.mjs")
		u.issuer = u.tell(map[string]string{"redirect": c.Tokens.Issuer + "/oauth2/providers/Big%20Co/callback"})
		raw, err := json.Marshal([]map[string]string{{"name": "Big Co", "issuer": u.issuer, "clientId": "oms", "clientSecret": "upstream-secret"}})
		if err != nil {
			t.Fatal(err)
		}
		c.OAuth.Providers = config.Secret(raw)
	}
}

// person says who signs in there next.
func (u *upstream) person(claims map[string]any) { u.tell(claims) }

// visit follows the link to the other provider on a sign-in page and returns the
// address under which that one sends the browser back.
func (u *upstream) visit(p page) (back string) {
	p.browser.t.Helper()
	p.shows(200, `href="/oauth2/providers/Big%20Co?`)
	p.browser.halted = true
	defer func() { p.browser.halted = false }()
	there := p.browser.open(strings.Replace(p.at.String(), "/oauth2/authorize?", "/oauth2/providers/Big%20Co?", 1))
	for range 10 {
		next, err := there.at.Parse(there.header.Get("Location"))
		if err != nil {
			p.browser.t.Fatal(err)
		}
		if strings.HasSuffix(next.Path, "/callback") {
			return next.String()
		}
		there = p.browser.open(next.String())
	}
	p.browser.t.Fatalf("the other provider never sends anyone back: %s", there.text)
	return ""
}

func TestPeopleSignInWithAnotherProvider(t *testing.T) {
	t.Parallel()
	u := &upstream{}
	s := open(t, withStranger, withUpstream(t, u))
	signIn := func() page {
		t.Helper()
		b := newBrowser(t, s)
		return b.open(u.visit(b.open(s.ask())))
	}
	u.person(map[string]any{"sub": "1", "email": "grace@big.example", "email_verified": true, "given_name": "Grace", "family_name": "Hopper"})
	signIn().shows(200, "Allow", "grace@big.example").allow().sentBack()
	signIn().sentBack() // the second time: the same account, and its consent

	u.person(map[string]any{"sub": "2", "email": "root@example.com", "email_verified": true})
	signIn().shows(200, "Allow", "@users.invalid")
	u.person(map[string]any{"sub": "3", "email": "nobody@big.example", "email_verified": false})
	signIn().shows(200, "Allow", "@users.invalid")
	var users, linked int
	if err := s.app.db.Get(&users, `SELECT COUNT(*) FROM users`); err != nil {
		t.Fatal(err)
	}
	if err := s.app.db.Get(&linked, `SELECT COUNT(*) FROM user_identities WHERE issuer = ?`, u.issuer); err != nil || users != 6 || linked != 3 {
		t.Errorf("%d users, %d linked, %v, want the demo's three and three more", users, linked, err)
	}
	u.person(map[string]any{"sub": "4", "refuses": true})
	signIn().shows(400, "has not signed you in")
}

// Who is to show anew who they are shows it there.
func TestAnotherProviderAsksAnewWhenTheApplicationDoes(t *testing.T) {
	t.Parallel()
	u := &upstream{}
	s := open(t, withStranger, withUpstream(t, u))
	b := newBrowser(t, s)
	b.halted = true
	for _, tt := range []struct {
		change []string
		want   string
	}{{nil, ""}, {[]string{"prompt", "login"}, "login"}, {[]string{"max_age", "60"}, "login"}, {[]string{"prompt", "consent"}, ""}} {
		there := b.open(strings.Replace(s.ask(tt.change...), "/oauth2/authorize?", "/oauth2/providers/Big%20Co?", 1))
		to, err := url.Parse(there.header.Get("Location"))
		if err != nil || !strings.HasPrefix(to.String(), u.issuer) || to.Query().Get("prompt") != tt.want {
			t.Errorf("%v: sent to %s, %v, want prompt %q", tt.change, to, err, tt.want)
		}
	}
}

// Two tabs, or an impatient finger: both first times are one person's.
func TestFirstSignInsAtOnceMakeOneAccount(t *testing.T) {
	t.Parallel()
	u := &upstream{}
	s := open(t, withStranger, withUpstream(t, u))
	for i, claims := range []map[string]any{
		{"sub": "1", "email": "grace@big.example", "email_verified": true}, // both want the address
		{"sub": "2"}, // both get a made-up one
	} {
		u.person(claims)
		tabs := make([]*browser, 4)
		back := make([]string, len(tabs))
		for i := range tabs {
			tabs[i] = newBrowser(t, s)
			back[i] = u.visit(tabs[i].open(s.ask()))
		}
		var all sync.WaitGroup
		for i, tab := range tabs {
			all.Go(func() {
				if got := tab.open(back[i]); got.status != 200 || !strings.Contains(got.text, "Allow") {
					t.Errorf("sign-in at once with others = %d %s", got.status, got.text)
				}
			})
		}
		all.Wait()
		var linked int
		if err := s.app.db.Get(&linked, `SELECT COUNT(*) FROM user_identities`); err != nil || linked != i+1 {
			t.Errorf("%d accounts are linked, %v, want %d", linked, err, i+1)
		}
	}
}

func TestForgedAnswersOfAnotherProviderAreRefused(t *testing.T) {
	t.Parallel()
	u := &upstream{}
	s := open(t, withStranger, withUpstream(t, u))
	u.person(map[string]any{"sub": "1"})
	victim, thief := newBrowser(t, s), newBrowser(t, s)
	good := u.visit(thief.open(s.ask())) // a code of the thief's
	parsed, err := url.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	victim.open(good).shows(400, "no sign-in that this browser has begun")
	u.visit(victim.open(s.ask()))
	victim.open(good).shows(400, "no sign-in that this browser has begun")
	for name, change := range map[string]func(url.Values){
		"another state":  func(q url.Values) { q.Set("state", "x") },
		"no state":       func(q url.Values) { q.Del("state") },
		"another issuer": func(q url.Values) { q.Set("iss", "https://evil.example") },
		"a made-up code": func(q url.Values) { q.Set("code", "x") },
		"two codes":      func(q url.Values) { q.Add("code", "x") },
		"an error":       func(q url.Values) { q.Set("error", "<script>") },
		"no code at all": func(q url.Values) { q.Del("code") },
	} {
		fresh := newBrowser(t, s)
		back, err := url.Parse(u.visit(fresh.open(s.ask())))
		if err != nil {
			t.Fatal(err)
		}
		query := back.Query()
		change(query)
		back.RawQuery = query.Encode()
		if got := fresh.open(back.String()); got.status != 400 || strings.Contains(got.text, "<script>") {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	newBrowser(t, s).open(s.url+"/oauth2/providers/Nobody?"+parsed.RawQuery).shows(400, "missing")
	newBrowser(t, s).open(strings.Replace(s.ask(), "/oauth2/authorize", "/oauth2/providers/Nobody", 1)).shows(404, "no such provider")
}

func TestAnotherProviderThatIsAwayIsToldOnThePage(t *testing.T) {
	t.Parallel()
	s := open(t, withStranger, func(c *Config) {
		c.OAuth.Providers = `[{"name":"Gone","issuer":"http://127.0.0.1:1","clientId":"oms","clientSecret":"x"}]`
	})
	newBrowser(t, s).open(strings.Replace(s.ask(), "/oauth2/authorize", "/oauth2/providers/Gone", 1)).shows(503, "away")
	for _, text := range []string{`{`, `[{"name":"a/b","issuer":"http://x","clientId":"y"}]`, `[{"name":"a","issuer":"x","clientId":"y"}]`, `[{"name":"a","issuer":"http://x"}]`} {
		if _, err := (OAuth{Providers: config.Secret(text)}).providers("http://x"); err == nil || !strings.Contains(err.Error(), "OIDC_PROVIDERS") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestPagesWorkForPeople needs Chromium; TEST_SCREENSHOTS names a folder that
// keeps what it looked at.
func TestPagesWorkForPeople(t *testing.T) {
	t.Parallel()
	executable := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			executable = path
			break
		}
	}
	if executable == "" {
		t.Fatal("no Chromium here; fleet/install clients gets it (Debian: apt-get install chromium)")
	}
	app := httptest.NewServer(http.NotFoundHandler()) // browsers do not go to port 9
	defer app.Close()
	redirect := app.URL + "/callback"
	s := open(t, withStranger, func(c *Config) {
		c.OAuth.Clients = config.Secret(strings.ReplaceAll(c.OAuth.Clients.Reveal(), plainBack, redirect))
		c.OAuth.Providers = `[{"name":"Big Co","issuer":"http://127.0.0.1:1","clientId":"oms","clientSecret":"x"}]`
		c.Password.PerAccount = 100
	})
	p := start(t, "chromium.mjs")
	said := p.tell(map[string]string{
		"executable": executable, "redirect": redirect, "address": s.ask("redirect_uri", redirect, "scope", "openid profile email shop offline_access", "prompt", "consent"),
		"email": client, "password": demoPassword, "folder": cmp.Or(os.Getenv("TEST_SCREENSHOTS"), t.TempDir()),
	})
	if said != "done" {
		t.Errorf("Chromium said %s", said)
	}
}
