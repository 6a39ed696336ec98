package app

import (
	"cmp"
	"os"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
	"github.com/oms-fleet/oms/user-service/internal/repository"
	"github.com/oms-fleet/oms/user-service/internal/security"
	"github.com/oms-fleet/oms/user-service/internal/service"
)

// unsigned are access tokens without the signature.
type unsigned struct{}

func (unsigned) Sign(entity.Claims) (string, time.Duration, error) { return "a.b.", time.Minute, nil }

// BenchmarkRotation is a refresh but for the signature and HTTP: the session and
// the account read, the script run.
func BenchmarkRotation(b *testing.B) {
	s := open(b, func(c *Config) {
		c.Redis.Addresses = []string{cmp.Or(os.Getenv("TEST_REDIS_ADDR"), c.Redis.Addresses[0])}
	})
	client := s.demo(b, "client")
	user, err := id.Parse(client.ID)
	if err != nil {
		b.Fatal(err)
	}
	store, refresh := repository.NewSessions(s.app.redis, s.cfg.lives(), clock), security.NewRefreshTokens(make([]byte, 32))
	sessions := service.NewSessions(store, repository.NewUsers(s.app.db), nil, unsigned{}, refresh)
	b.SetParallelism(32) // people who refresh at once, a core
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		sessionID, err := id.New()
		if err != nil {
			b.Error(err)
		}
		opened, err := store.Open(b.Context(), entity.Session{ID: sessionID, UserID: user, ClientID: entity.OwnClient})
		token := refresh.Write(entity.RefreshToken{Session: opened.ID, Generation: opened.Generation})
		for err == nil && pb.Next() {
			var given entity.Tokens
			given, err = sessions.Refresh(b.Context(), token)
			token = given.Refresh
		}
		if err != nil {
			b.Error(err)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "refreshes/s")
}
