package app

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// guess signs in with a wrong password, from an address.
func (s *shop) guess(t *testing.T, email, address string) answer {
	t.Helper()
	return s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": email, "password": "Wr0ng-Secret"}, "X-Forwarded-For", address)
}

func behindProxy(c *Config) {
	c.Password.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
}

func TestGuessingOnePasswordSlowsDown(t *testing.T) {
	t.Parallel()
	s := open(t, behindProxy)
	for _, email := range []string{"client@example.com", "nobody@example.com"} {
		for i := range 10 {
			s.guess(t, email, fmt.Sprintf("192.0.2.%d", i)).refused(401, "UNAUTHENTICATED")
		}
		a := s.guess(t, strings.ToUpper(email), "192.0.2.99")
		a.refused(429, "TOO_MANY_REQUESTS")
		if wait, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || wait < 1 || wait > 5 {
			t.Errorf("Retry-After = %q, want 1 to 5 seconds", a.Header.Get("Retry-After"))
		}
	}
	s.demo(t, "admin")
}

func TestGuessingFromOneAddressSlowsThatAddressDown(t *testing.T) {
	t.Parallel()
	s := open(t, behindProxy, func(c *Config) { c.Password.PerAddress = 5 })
	for i := range 5 {
		s.guess(t, fmt.Sprintf("nobody%d@example.com", i), "192.0.2.1").refused(401, "UNAUTHENTICATED")
	}
	s.guess(t, "nobody6@example.com", "192.0.2.1").refused(429, "TOO_MANY_REQUESTS")
	s.guess(t, "nobody6@example.com", "192.0.2.2").refused(401, "UNAUTHENTICATED")
}

func TestStrangersCannotClaimAnotherAddress(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *Config) { c.Password.PerAddress = 2 })
	s.guess(t, "nobody1@example.com", "192.0.2.1").refused(401, "UNAUTHENTICATED")
	s.guess(t, "nobody2@example.com", "192.0.2.2").refused(401, "UNAUTHENTICATED")
	s.guess(t, "nobody3@example.com", "192.0.2.3").refused(429, "TOO_MANY_REQUESTS")
}

func TestManyGoodSignInsAreNeverSlowedDown(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *Config) { c.Password.PerAccount, c.Password.PerAddress = 1, 1 })
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			a := s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": "client@example.com", "password": "OmsDemo!2026"})
			if a.Status != 200 {
				t.Errorf("sign-in = %d %s", a.Status, a.Text)
			}
		})
	}
	all.Wait()
}

func TestOldPasswordCannotBeGuessedEither(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *Config) { c.Password.PerAccount = 2 })
	ada := s.register(t)
	change := func(old string) answer {
		return s.call(t, "PUT", "/v1/users/me/password", ada.Access, map[string]any{"oldPassword": old, "newPassword": "N3w-Secret!pw"})
	}
	change("wrong").refused(422, "INVALID_REQUEST")
	change("wrong").refused(422, "INVALID_REQUEST")
	change(goodPassword).refused(429, "TOO_MANY_REQUESTS")
}

func TestTooManySignInsAtOnceGet503AndHealByThemselves(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *Config) {
		c.Password.Memory, c.Password.Passes, c.Password.AtOnce, c.Password.Patience = 8192, 8, 1, time.Millisecond
	})
	var all sync.WaitGroup
	answers := make([]answer, 20)
	for i := range answers {
		all.Go(func() {
			answers[i] = s.call(t, "POST", "/v1/auth/login", "", map[string]any{"email": "client@example.com", "password": "OmsDemo!2026"})
		})
	}
	all.Wait()
	refused := 0
	for _, a := range answers {
		if a.Status != 200 {
			a.refused(503, "UNAVAILABLE")
			if a.Header.Get("Retry-After") == "" {
				t.Error("503 without Retry-After")
			}
			refused++
		}
	}
	if refused == 0 || refused == len(answers) {
		t.Errorf("%d of %d were refused, want some", refused, len(answers))
	}
	s.demo(t, "client")
}
