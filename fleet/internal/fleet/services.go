package fleet

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/fleet/internal/address"
	"github.com/oms-fleet/oms/fleet/internal/services"
	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// servicePatience is more than a service gives its requests to finish when it
// stops (SHUTDOWN_TIMEOUT).
const servicePatience = 15 * time.Second

// service is one that runs, in a process of its own or within this one.
type service struct {
	services.Service
	url   string
	child *supervisor.Child
	task  *task
}

// startServices starts all three at once and waits until each is ready.
func (f *Fleet) startServices(ctx context.Context) error {
	key, err := f.home.Secret("key")
	if err != nil {
		return err
	}
	users, products := address.URL(f.addresses.services["user-service"]), address.URL(f.addresses.services["product-service"])
	for _, s := range services.All() {
		where := f.addresses.services[s.Name]
		around := services.Surroundings{
			Gateway: f.addresses.gatewayURL(), Users: users, Products: products, Kafka: f.kafka.Brokers(), Redis: f.redis.Address(),
			Database: f.database.DSN(s.Schema), Address: where, Key: key, Blobs: f.home.Path("blobs"),
		}
		if f.options.Around != nil {
			around = f.options.Around(s.Name, around)
		}
		started, err := f.startService(s, s.Settings(around))
		if err != nil {
			return err
		}
		started.url = address.URL(where)
		f.services = append(f.services, started)
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range f.services {
		g.Go(func() error { return f.awaitReady(ctx, s) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, s := range f.services {
		s.child.Settle()
	}
	return nil
}

func (f *Fleet) startService(s services.Service, settings services.Settings) (*service, error) {
	if !f.options.Split {
		for name, value := range s.Own(f.options.Environ, settings) {
			if err := os.Setenv(name, value); err != nil {
				return nil, fmt.Errorf("configure %s: %w", s.Name, err)
			}
		}
		return &service{Service: s, task: f.startTask(s.Name, func(ctx context.Context) error { return s.Run(ctx, f.options.Out) })}, nil
	}
	child, err := f.supervisor.Start(supervisor.Program{
		Name: s.Name, Path: f.binary(s.Name), Arguments: []string{s.Name},
		Env: s.Environment(f.options.Environ, settings), Output: f.options.Out, Label: true, Patience: servicePatience,
	})
	return &service{Service: s, child: child}, err
}

// stopServices stops all at once and waits for each.
func (f *Fleet) stopServices() {
	var all sync.WaitGroup
	for _, s := range f.services {
		all.Go(func() {
			s.child.Stop()
			s.task.stop()
		})
	}
	all.Wait()
}

func (s *service) pid() int {
	if s.child == nil {
		return os.Getpid()
	}
	return s.child.PID()
}
