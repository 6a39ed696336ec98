package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/common/web"
)

func TestReplicasThatStartAtOnceShareSchemaKeyAndAccounts(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	cfg.Redis.Addresses = []string{miniredis.RunT(t).Addr()}
	cfg.Start.RootEmail, cfg.Start.RootPassword = "boss@shop.example", goodPassword
	replicas, failures := make([]*app, 3), make([]error, 3)
	var all sync.WaitGroup
	for i := range replicas {
		all.Go(func() { replicas[i], failures[i] = assemble(t.Context(), cfg, slog.New(slog.DiscardHandler)) })
	}
	all.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, r := range replicas {
		keys[r.keys.Published().Keys[0].ID] = true
	}
	var users, stored int
	if err := errors.Join(
		replicas[0].db.Get(&users, `SELECT COUNT(*) FROM users`),
		replicas[0].db.Get(&stored, `SELECT COUNT(*) FROM signing_keys`)); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 1 || stored != 2 || users != 4 {
		t.Errorf("%d keys in use, %d stored, %d users, want 1, 2 and 4", len(keys), stored, users)
	}
	for _, r := range replicas {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	}
}

func TestFirstRootIsMadeOnce(t *testing.T) {
	t.Parallel()
	first := func(c *Config) {
		c.Start = Start{RootEmail: "boss@shop.example", RootPassword: goodPassword}
	}
	s := open(t, first)
	boss := s.login(t, "boss@shop.example", goodPassword)
	s.call(t, "GET", "/v1/users", boss.Access, nil).is(200)
	again := s.cfg
	again.Start.RootEmail = "other@shop.example"
	a, err := assemble(t.Context(), again, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	var users int
	if err := a.db.Get(&users, `SELECT COUNT(*) FROM users`); err != nil || users != 1 {
		t.Errorf("%d users, %v, want the first root alone", users, err)
	}
}

func TestStartFailsInOneClearLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*Config)
		want   []string
	}{
		{"bad settings", func(c *Config) {
			c.Tokens.EncryptionKey, c.Start.RootEmail = "short-secret", "boss@shop.example"
		}, []string{"KEY_ENCRYPTION_KEY", "ROOT_PASSWORD"}},
		{"weak root password", func(c *Config) {
			c.Start = Start{RootEmail: "boss@shop.example", RootPassword: "weak-root"}
		}, []string{"ROOT_PASSWORD", "three of"}},
		{"no key file", func(c *Config) { c.Tokens.PrivateKey = "/nowhere.pem" }, []string{"JWT_PRIVATE_KEY_FILE", "/nowhere.pem"}},
		{"no database", func(c *Config) {
			c.Database.DSN, c.Database.Patience = "user:hidden@tcp(127.0.0.1:1)/x", time.Millisecond
		}, []string{"database", "127.0.0.1:1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := defaults(t)
			cfg.Redis.Addresses = []string{"127.0.0.1:1"}
			tt.change(&cfg)
			_, err := assemble(t.Context(), cfg, slog.New(slog.DiscardHandler))
			if err == nil {
				t.Fatal("it starts")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("failure %q lacks %s", err, want)
				}
			}
			for _, secret := range []string{"short-secret", "weak-root", "hidden"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("failure %q tells a secret", err)
				}
			}
		})
	}
}

func TestAnotherEncryptionKeyStopsTheStart(t *testing.T) {
	t.Parallel()
	s := open(t)
	cfg := s.cfg
	cfg.Tokens.EncryptionKey = "another-key-another-key-another-key"
	if _, err := assemble(t.Context(), cfg, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "KEY_ENCRYPTION_KEY") {
		t.Errorf("assemble = %v, want a failure that names KEY_ENCRYPTION_KEY", err)
	}
}

func TestKeyFromFileSigns(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "key.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, func(c *Config) { c.Tokens.PrivateKey = path })
	s.call(t, "GET", "/v1/users/me", s.demo(t, "client").Access, nil).is(200)
	var stored int
	if err := s.app.db.Get(&stored, `SELECT COUNT(*) FROM signing_keys`); err != nil || stored != 0 {
		t.Errorf("%d keys stored, %v, want none", stored, err)
	}
}

func TestOtherServicesVerifyTokensByTheJWKS(t *testing.T) {
	t.Parallel()
	s := open(t)
	verifier := auth.NewVerifier(auth.NewRemoteKeys(s.url+"/.well-known/jwks.json", time.Now),
		auth.Expect{Issuer: s.cfg.Tokens.Issuer, Audience: "oms", Type: "at+jwt"})
	admin := s.demo(t, "admin")
	got, err := verifier.Verify(t.Context(), admin.Access)
	if err != nil || got.UserID.String() != admin.ID || !got.Is(auth.Admin) || got.Name != "Alex Demo" || got.SessionID == "" {
		t.Errorf("Verify = %+v, %v", got, err)
	}
	if cache := s.call(t, "GET", "/.well-known/jwks.json", "", nil).Header.Get("Cache-Control"); cache != "public, max-age=15" {
		t.Errorf("Cache-Control of the JWKS = %q", cache)
	}
}

func TestServiceRunsUntilItIsToldToStop(t *testing.T) {
	t.Parallel()
	cfg := defaults(t)
	cfg.Redis.Addresses = []string{miniredis.RunT(t).Addr()}
	address, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	cfg.HTTP = web.ServerConfig{Address: address, Connections: 1000, Shutdown: time.Second}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- Run(ctx, cfg, slog.New(slog.DiscardHandler)) }()
	for !isReady(ctx, cfg.HTTP.Address) {
		if ctx.Err() != nil {
			t.Fatal("the service does not come up")
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("Run = %v", err)
	}
	if isReady(t.Context(), cfg.HTTP.Address) {
		t.Error("a service that stopped is ready")
	}
}

func isReady(ctx context.Context, address string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return false
	}
	answer, err := caller.Do(request)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func TestSchemaIsMigratedByCommand(t *testing.T) {
	t.Parallel()
	db, err := database.Open(t.Context(), defaults(t).Database, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out bytes.Buffer
	for _, command := range []string{"up", "status", "down"} {
		if err := database.MigrateCommand(t.Context(), db, Service().Migrations, []string{command}, &out); err != nil {
			t.Fatalf("migrate %s: %v", command, err)
		}
	}
	if !strings.Contains(out.String(), "00002_signing_keys.sql") {
		t.Errorf("migrate tells %s", out.String())
	}
	if _, ok := Service().Commands["rotate-keys"]; !ok {
		t.Error("there is no command rotate-keys")
	}
}
