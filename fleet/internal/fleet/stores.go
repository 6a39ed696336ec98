package fleet

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/fleet/internal/database"
	"github.com/oms-fleet/oms/fleet/internal/kafka"
	"github.com/oms-fleet/oms/fleet/internal/redis"
	"github.com/oms-fleet/oms/fleet/internal/services"
	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// startStores starts what the services stand on, all at once, or takes what was
// given.
func (f *Fleet) startStores(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { f.database, err = f.startDatabase(ctx); return err })
	g.Go(func() (err error) { f.redis, err = f.startRedis(ctx); return err })
	g.Go(func() (err error) { f.kafka, err = f.startKafka(ctx); return err })
	return g.Wait()
}

func (f *Fleet) startDatabase(ctx context.Context) (*database.Server, error) {
	var accounts []database.Account
	for _, s := range services.All() {
		secret, err := f.home.Secret(s.Schema)
		if err != nil {
			return nil, err
		}
		// The prefix satisfies servers that want all kinds of characters.
		accounts = append(accounts, database.Account{User: "oms_" + s.Short, Password: "Oms-1." + secret, Schema: s.Schema})
	}
	if given := variable(f.options.Environ, "FLEET_MYSQL"); given != "" {
		return database.Given(ctx, given, accounts)
	}
	return database.Start(ctx, f.supervisor, database.Config{
		Folder: f.home.Path("database"), Accounts: accounts, Settings: database.Durable(), Say: f.say,
		Output: f.logs.database, Log: f.logs.database.Name(),
	})
}

func (f *Fleet) startRedis(ctx context.Context) (*redis.Server, error) {
	if given := variable(f.options.Environ, "FLEET_REDIS"); given != "" {
		return redis.Given(given), answers(ctx, "FLEET_REDIS", given)
	}
	return redis.Start(ctx, f.supervisor, redis.Config{
		Folder: f.home.Path("redis"), Output: f.logs.redis, Log: f.logs.redis.Name(),
	})
}

// givenPatience is how long a given server may be away while the fleet starts.
const givenPatience = 10 * time.Second

// answers fails, naming the variable, unless somebody listens at one of the
// addresses: services would wait for them and never say where they were given.
func answers(ctx context.Context, variable string, addresses ...string) error {
	ctx, cancel := context.WithTimeout(ctx, givenPatience)
	defer cancel()
	for {
		var last error
		for _, address := range addresses {
			connection, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimSpace(address))
			if err == nil {
				return connection.Close()
			}
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: nobody answers: %w", variable, last)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// startKafka starts the broker in a process of its own when the services have
// theirs, so that it can be stopped without them.
func (f *Fleet) startKafka(ctx context.Context) (*kafka.Server, error) {
	if given := variable(f.options.Environ, "FLEET_KAFKA"); given != "" {
		return kafka.Given(given), answers(ctx, "FLEET_KAFKA", strings.Split(given, ",")...)
	}
	where, folder := f.addresses.kafka, f.home.Path("kafka")
	if !f.options.Split {
		return kafka.Embed(where, folder, f.options.Out)
	}
	return kafka.Start(ctx, f.supervisor, where, supervisor.Program{
		Name: "kafka", Path: f.binary("fleet"), Arguments: []string{"fleet", "kafka", where, folder},
		Env: f.options.Environ, Output: f.options.Out, Label: true, Patience: 10 * time.Second,
	})
}
