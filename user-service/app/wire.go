package app

import (
	"context"
	"log/slog"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/controller"
	"github.com/oms-fleet/oms/user-service/internal/repository"
	"github.com/oms-fleet/oms/user-service/internal/security"
	"github.com/oms-fleet/oms/user-service/internal/service"
)

// secrets are what is derived from the one master secret, each for one purpose.
type secrets struct {
	refresh  *security.RefreshTokens
	clients  *security.ClientSecrets
	stamps   *security.Stamps
	attempts *security.Attempts
}

func (t Tokens) secrets() (secrets, error) {
	var keys [4][]byte
	for i, purpose := range [...]string{"refresh tokens", "client secrets", "stamps", "attempts"} {
		key, err := security.Derive(t.EncryptionKey.Reveal(), purpose)
		if err != nil {
			return secrets{}, err
		}
		keys[i] = key
	}
	seal, err := security.NewSeal(keys[3])
	if err != nil {
		return secrets{}, err
	}
	return secrets{
		refresh: security.NewRefreshTokens(keys[0]), clients: security.NewClientSecrets(keys[1]),
		stamps: security.NewStamps(keys[2]), attempts: security.NewAttempts(seal),
	}, nil
}

// wire puts the layers together and makes the first accounts.
func (a *app) wire(ctx context.Context, cfg Config, log *slog.Logger) error {
	secrets, err := cfg.Tokens.secrets()
	if err != nil {
		return err
	}
	users, pool := repository.NewUsers(a.db), cfg.Password.pool()
	sessionStore := repository.NewSessions(a.redis, cfg.lives(), clock)
	guard := service.NewGuard(repository.NewThrottle(a.redis, clock), cfg.Password.perAccount(), cfg.Password.perAddress())
	accounts := service.NewAccounts(users, pool, clock)
	passwords := service.NewPasswords(users, pool, guard, sessionStore)
	access := security.NewAccessTokens(a.keys, cfg.issuer(), clock)
	sessions := service.NewSessions(sessionStore, users, passwords, access, secrets.refresh)
	if err := found(ctx, service.NewFounders(accounts, users), cfg.Start); err != nil {
		return err
	}
	fixed, err := cfg.OAuth.clients(secrets.clients)
	if err != nil {
		return err
	}
	others, err := cfg.OAuth.providers(cfg.Tokens.Issuer)
	if err != nil {
		return err
	}
	clients := service.NewClients(repository.NewOAuthClients(a.db), secrets.clients, fixed, clock)
	codes := repository.NewCodes(a.redis)
	verifier := auth.NewVerifier(a.keys, auth.Expect{Issuer: cfg.Tokens.Issuer, Audience: cfg.Tokens.Audience, Type: cfg.Tokens.Type})
	inspection := service.NewInspection(security.NewAccessReader(verifier), secrets.refresh, sessionStore)
	consents, identities := repository.NewConsents(a.db), repository.NewIdentities(a.db)
	metrics := telemetry.NewMetrics()
	a.publish(cfg, metrics, log)
	privacy := service.NewPrivacy(accounts, sessionStore, consents, identities, repository.NewErasure(a.db, telemetry.Traceparent, a.relay.Offer))
	authorization := service.NewAuthorization(clients, codes, consents, sessions, access, security.RandomText, clock)

	api := web.New(web.Options{
		Title:       "user-service",
		Description: "Accounts, sign-in and tokens.",
		Verifier:    verifier,
		Checks:      []web.Check{{Name: "database", Probe: a.db.PingContext}, {Name: "redis", Probe: ping(a.redis)}},
		Log:         log,
		Metrics:     metrics,
		Tracing:     telemetry.NewTracing(),
	})
	routes := controller.Controller{
		Accounts: accounts, Passwords: passwords, Sessions: sessions, Published: a.keys, Keys: service.NewKeys(a.keys),
		Audit: service.NewAudit(repository.NewAudit(a.db)), Clients: clients, Consents: authorization, Inspection: inspection,
		Privacy: privacy, Proxies: cfg.Password.Proxies,
	}
	routes.Register(api)
	origins := controller.Origins{Issuer: cfg.Tokens.Issuer, Proxies: cfg.Password.Proxies}
	grants := service.NewGrants(codes, sessions, access)
	controller.RegisterOAuth(api,
		&controller.OAuth{Clients: clients, Grants: grants, Inspection: inspection, Origins: origins, Log: log},
		&controller.Pages{
			Authorization: authorization, Sessions: sessions, Stamps: secrets.stamps, Origins: origins, Log: log,
			Outside: controller.Outside{
				Providers: others, Attempts: secrets.attempts, Now: clock,
				Outsiders: service.NewOutsiders(identities, users, sessions, clock),
			},
		})
	a.handler = controller.Scripted(api.Handler())
	return nil
}
