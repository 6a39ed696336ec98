package app

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/web/webtest"
)

const orderSecret = "order-service-secret"

const goodPassword = "Acc3pt-Secret!pw"

// shop is the whole service on stores of the test's own.
type shop struct {
	app   *app
	cfg   Config
	url   string
	redis *miniredis.Miniredis
	log   *logBook
}

// logBook keeps what was logged.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// defaults is a configuration as a process would read it, with cheap hashes.
func defaults(t testing.TB) Config {
	t.Helper()
	return Config{
		Database: database.Config{DSN: config.Secret(databasetest.DSN(t)), Connections: 8, Patience: time.Minute},
		Kafka:    broker.Config{Brokers: []string{"127.0.0.1:1"}, Partitions: 1, Replication: 1},
		Tokens: Tokens{
			Issuer: "http://shop.example", Audience: "oms", Type: "at+jwt", Life: 15 * time.Minute,
			EncryptionKey: "0123456789abcdef0123456789abcdef",
		},
		Sessions: Sessions{Grace: 10 * time.Second, Idle: 168 * time.Hour, Max: 720 * time.Hour},
		Password: Password{Memory: 64, Passes: 1, AtOnce: 4, Patience: 10 * time.Second, PerAccount: 10, PerAddress: 100},
		Start:    Start{Demo: true},
		OAuth:    OAuth{OrderSecret: orderSecret},
	}
}

// open assembles the service and serves it until the test ends.
func open(t testing.TB, adjust ...func(*Config)) *shop {
	t.Helper()
	s := &shop{cfg: defaults(t), redis: miniredis.RunT(t), log: &logBook{}}
	s.cfg.Redis.Addresses = []string{s.redis.Addr()}
	server := httptest.NewUnstartedServer(nil)
	s.url = "http://" + server.Listener.Addr().String()
	s.cfg.Tokens.Issuer = s.url
	for _, change := range adjust {
		change(&s.cfg)
	}
	var err error
	s.app, err = assemble(t.Context(), s.cfg, slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatalf("assemble: %v", err)
	}
	server.Config.Handler = s.app.handler
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := s.app.close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// caller is not http.DefaultClient, whose connections any httptest.Server closes.
var caller = webtest.New("").HTTP

// answer is what a route said.
type answer struct {
	t      testing.TB
	call   string
	Status int
	Header http.Header
	Text   string
}

// call asks a route; by is an access token, body anything that JSON can be.
// Headers come in pairs.
func (s *shop) call(t testing.TB, method, path, by string, body any, headers ...string) answer {
	t.Helper()
	var reader io.Reader
	if text, ok := body.(string); ok {
		reader = strings.NewReader(text)
	} else if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, reader)
	if err != nil {
		t.Fatal(err)
	}
	if by != "" {
		request.Header.Set("Authorization", "Bearer "+by)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := caller.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{t: t, call: method + " " + path, Status: response.StatusCode, Header: response.Header, Text: string(text)}
}

// is fails the test unless the answer has a status; it returns its JSON.
func (a answer) is(status int) map[string]any {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s = %d, want %d: %s", a.call, a.Status, status, a.Text)
	}
	body := map[string]any{}
	if a.Text != "" {
		if err := json.Unmarshal([]byte(a.Text), &body); err != nil {
			a.t.Fatalf("%s: %v in %s", a.call, err, a.Text)
		}
	}
	return body
}

// refused fails the test unless the answer is a problem with a status and code.
func (a answer) refused(status int, code string) map[string]any {
	a.t.Helper()
	body := a.is(status)
	if body["code"] != code || a.Header.Get("Content-Type") != "application/problem+json" {
		a.t.Errorf("%s is %s %v, want a problem with code %s", a.call, a.Header.Get("Content-Type"), body, code)
	}
	return body
}

// person is someone with an account.
type person struct {
	ID, Email, Access, Refresh string
}

// register makes an account and signs it in.
func (s *shop) register(t testing.TB) person {
	t.Helper()
	email := strings.ToLower(rand.Text()) + "@shop.example"
	s.call(t, "POST", "/v1/auth/register", "", map[string]any{"email": email, "password": goodPassword, "firstName": "Ada"}).is(201)
	return s.login(t, email, goodPassword)
}

func (s *shop) login(t testing.TB, email, password string) person {
	t.Helper()
	body := s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": email, "password": password}).is(200)
	return personOf(body)
}

func personOf(tokens map[string]any) person {
	text := func(name string) string { value, _ := tokens[name].(string); return value }
	return person{ID: text("userId"), Email: text("email"), Access: text("accessToken"), Refresh: text("refreshToken")}
}

func (s *shop) demo(t testing.TB, name string) person {
	t.Helper()
	return s.login(t, name+"@example.com", "OmsDemo!2026")
}

func (s *shop) refresh(t testing.TB, token string) answer {
	t.Helper()
	return s.call(t, "POST", "/v1/auth/refresh", "", map[string]any{"refreshToken": token})
}

// places lists where a problem finds mistakes.
func places(problem map[string]any) map[string]bool {
	found := map[string]bool{}
	mistakes, _ := problem["errors"].([]any)
	for _, m := range mistakes {
		if mistake, ok := m.(map[string]any); ok {
			place, _ := mistake["location"].(string)
			found[place] = true
		}
	}
	return found
}
