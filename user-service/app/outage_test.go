package app

import (
	"strings"
	"testing"
)

func TestWithoutRedisTokensGoOnAndSignInWaits(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	s.redis.Close()
	unavailable := func(a answer) {
		t.Helper()
		a.refused(503, "UNAVAILABLE")
		if a.Header.Get("Retry-After") == "" {
			t.Errorf("%s is 503 without Retry-After", a.call)
		}
	}
	unavailable(s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": ada.Email, "password": goodPassword}))
	unavailable(s.refresh(t, ada.Refresh))
	unavailable(s.call(t, "POST", "/v1/auth/logout", ada.Access, nil))
	unavailable(s.call(t, "GET", "/v1/users/me/sessions", ada.Access, nil))
	s.call(t, "GET", "/v1/users/me", ada.Access, nil).is(200)
	s.call(t, "PATCH", "/v1/users/me", ada.Access, map[string]any{"address": "1 Way"}).is(200)
	s.call(t, "POST", "/v1/auth/register", "", map[string]any{"email": "bob@shop.example", "password": goodPassword}).is(201)
	if got := s.call(t, "GET", "/readyz", "", nil); got.Status != 503 || !strings.Contains(got.Text, `"redis":"away"`) {
		t.Errorf("readyz = %d %s, want 503 that names redis", got.Status, got.Text)
	}
	s.call(t, "GET", "/livez", "", nil).is(200)
	if err := s.redis.Restart(); err != nil {
		t.Fatal(err)
	}
	s.login(t, ada.Email, goodPassword)
	s.call(t, "GET", "/readyz", "", nil).is(200)
}

// An outage of the database must not use up the refresh token: after the grace
// the user would be signed out.
func TestWithoutDatabaseNoRefreshTokenIsUsedUp(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *Config) { c.Sessions.Grace = 0 })
	ada := s.register(t)
	s.app.db.MustExec(`RENAME TABLE users TO hidden`)
	if got := s.refresh(t, ada.Refresh); got.Status < 500 {
		t.Errorf("refresh = %d %s, want a failure of ours", got.Status, got.Text)
	}
	s.app.db.MustExec(`RENAME TABLE hidden TO users`)
	s.refresh(t, ada.Refresh).is(200)
}

func TestSessionOfAnErasedUserIsOver(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	s.app.db.MustExec(`DELETE FROM users WHERE email = ?`, ada.Email)
	s.refresh(t, ada.Refresh).refused(401, "UNAUTHENTICATED")
	s.call(t, "GET", "/v1/users/me", ada.Access, nil).refused(401, "UNAUTHENTICATED")
}

func TestLogsTellNoAddressPasswordOrToken(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := s.register(t)
	s.refresh(t, ada.Refresh).is(200)
	s.guess(t, ada.Email, "192.0.2.1").refused(401, "UNAUTHENTICATED")
	s.call(t, "GET", "/v1/users?email="+ada.Email, s.demo(t, "admin").Access, nil).is(200)
	s.redis.Close()
	s.guess(t, ada.Email, "192.0.2.1").refused(503, "UNAVAILABLE")
	text := s.log.String()
	if !strings.Contains(text, "dependency away") {
		t.Error("the outage is not logged")
	}
	for _, secret := range []string{ada.Email, "example.com", goodPassword, "Wr0ng-Secret", ada.Refresh, ada.Access, s.cfg.Tokens.EncryptionKey.Reveal()} {
		if strings.Contains(text, secret) {
			t.Errorf("the log tells %.20q", secret)
		}
	}
}
