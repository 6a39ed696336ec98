// Package app is the one door of user-service and the one place where all of it
// meets: it assembles the layers, serves, and stops.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/common/task"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/internal/repository"
	"github.com/oms-fleet/oms/user-service/internal/security"
	"github.com/oms-fleet/oms/user-service/internal/service"
)

const name = "user-service"

// Service is user-service as its main runs it.
func Service() process.Service[Config] {
	return process.Service[Config]{
		Name: name, Prefix: "USER", Migrations: repository.Migrations(), Serve: Run,
		Commands: map[string]func(context.Context, Config, []string, io.Writer) error{"rotate-keys": RotateKeys},
	}
}

// keysPeriod is how often each replica looks after the signing keys, and learns
// of those that others made.
const keysPeriod = 5 * time.Second

// Run serves accounts until ctx is done, then finishes what it holds. It brings
// the schema up to date first and makes the accounts that cfg asks for.
func Run(ctx context.Context, cfg Config, log *slog.Logger) error {
	server, err := web.Listen(cfg.HTTP, log)
	if err != nil {
		return err
	}
	defer server.Close() //nolint:errcheck // whoever is still connected is dropped
	a, err := assemble(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer a.close()
	return a.relay.Around(ctx, func(ctx context.Context) error {
		g, ctx := errgroup.WithContext(ctx)
		g.Go(func() error { return server.Serve(ctx, a.handler) })
		g.Go(func() error { return ensureTopic(ctx, cfg, log) })
		g.Go(func() error {
			task.Every(ctx, keysPeriod, "look after the signing keys", log, a.keys.Turn)
			return nil
		})
		return g.Wait()
	})
}

// app is the service, assembled.
type app struct {
	handler   http.Handler
	keys      *security.Keyring
	db        *sqlx.DB
	redis     redis.UniversalClient
	publisher *broker.Publisher
	relay     *outbox.Relay
}

func (a *app) close() error {
	err := errors.Join(a.redis.Close(), a.db.Close())
	if a.publisher != nil {
		err = errors.Join(err, a.publisher.Close())
	}
	return err
}

// assemble connects to the database, makes what must be there, and puts the
// layers together. When it fails it leaves nothing open.
func assemble(ctx context.Context, cfg Config, log *slog.Logger) (*app, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	db, err := database.Open(ctx, cfg.Database, log)
	if err != nil {
		return nil, fmt.Errorf("open the user database: %w", err)
	}
	a := &app{db: db, redis: cfg.Redis.open()}
	if err := a.prepare(ctx, cfg, log); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

func (a *app) prepare(ctx context.Context, cfg Config, log *slog.Logger) error {
	if err := database.Migrate(ctx, a.db, repository.Migrations(), log); err != nil {
		return err
	}
	if err := a.openKeys(ctx, cfg.Tokens); err != nil {
		return fmt.Errorf("open the signing keys: %w", err)
	}
	return a.wire(ctx, cfg, log)
}

// openKeys reads the keys of access tokens from where cfg says.
func (a *app) openKeys(ctx context.Context, cfg Tokens) error {
	if cfg.PrivateKey != "" {
		pem, err := os.ReadFile(cfg.PrivateKey)
		if err != nil {
			return fmt.Errorf("JWT_PRIVATE_KEY_FILE: %w", err)
		}
		a.keys, err = security.ParseKeyring(pem)
		return err
	}
	key, err := security.Derive(cfg.EncryptionKey.Reveal(), "signing keys")
	if err != nil {
		return err
	}
	seal, err := security.NewSeal(key)
	if err != nil {
		return err
	}
	a.keys, err = security.OpenKeyring(ctx, repository.NewSigningKeys(a.db), seal, cfg.keyPolicy(), clock)
	return err
}

// found makes the accounts that a start asks for.
func found(ctx context.Context, founders *service.Founders, cfg Start) error {
	if cfg.RootEmail != "" {
		if err := founders.FirstRoot(ctx, cfg.RootEmail, cfg.RootPassword.Reveal()); err != nil {
			return fmt.Errorf("make the first ROOT of ROOT_EMAIL and ROOT_PASSWORD: %w", err)
		}
	}
	if cfg.Demo {
		return founders.Seed(ctx, service.DemoFounders())
	}
	return nil
}

// clock tells the time as it is stored: UTC, to the millisecond.
func clock() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
