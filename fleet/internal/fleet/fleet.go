// Package fleet runs the whole fleet on one machine: a database, Redis, Kafka,
// the three services and a gateway, started side by side where one does not need
// the other, and stopped one after the other so that no request is dropped.
package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/oms-fleet/oms/fleet/internal/database"
	"github.com/oms-fleet/oms/fleet/internal/facts"
	"github.com/oms-fleet/oms/fleet/internal/home"
	"github.com/oms-fleet/oms/fleet/internal/kafka"
	"github.com/oms-fleet/oms/fleet/internal/redis"
	"github.com/oms-fleet/oms/fleet/internal/services"
	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// Options say how a fleet is run.
type Options struct {
	Folder   string    // keeps data and secrets; one fleet at a time
	Split    bool      // each service a process of its own
	Binaries string    // folder of the programs of a split fleet, this one included
	Environ  []string  // says what FLEET_… variables say, and is passed on to the services
	Out      io.Writer // takes the logs, and lines for people

	// Around may change what a service is told of its surroundings; nil: it is
	// told the truth. Trials put themselves between a service and its stores.
	Around func(service string, truth services.Surroundings) services.Surroundings
}

// Fleet is a running fleet. Every part of it may be nil while it starts.
type Fleet struct {
	options    Options
	addresses  addresses
	home       *home.Home
	supervisor *supervisor.Supervisor
	logs       *logs

	database *database.Server
	redis    *redis.Server
	kafka    *kafka.Server
	services []*service
	gateway  *task
}

// Start starts a fleet and returns when all of it is ready. When it fails or ctx
// ends before, it leaves nothing running.
func Start(ctx context.Context, o Options) (*Fleet, error) {
	folder, err := home.Open(o.Folder)
	if err != nil {
		return nil, err
	}
	f := &Fleet{options: o, home: folder}
	f.supervisor = supervisor.New(f.say)
	ctx, cancel := f.supervisor.Guard(ctx)
	defer cancel()
	if err := f.start(ctx); err != nil {
		f.Stop()
		return nil, cmp.Or(f.Failure(), err) // the failure that others follow from
	}
	return f, nil
}

func (f *Fleet) start(ctx context.Context) error {
	if err := os.Remove(f.factsFile()); err != nil && !errors.Is(err, os.ErrNotExist) { // of a run that was killed
		return fmt.Errorf("remove old facts: %w", err)
	}
	var err error
	if f.addresses, err = takeAddresses(f.options.Environ); err != nil {
		return err
	}
	if f.logs, err = openLogs(f.home.Path("log")); err != nil {
		return err
	}
	if err := f.startStores(ctx); err != nil {
		return err
	}
	if err := f.startServices(ctx); err != nil {
		return err
	}
	if err := f.startGateway(); err != nil {
		return err
	}
	f.supervisor.OnChange(f.factsChanged)
	return f.Facts().Write(f.factsFile())
}

// Failed is closed when a part has failed for good; the fleet is to be stopped
// then.
func (f *Fleet) Failed() <-chan struct{} { return f.supervisor.Failed() }

// Failure is what failed for good, nil if nothing did.
func (f *Fleet) Failure() error { return f.supervisor.Failure() }

// Stop stops all parts in good order: first those that take requests, last those
// that keep what the others say. Data stays.
func (f *Fleet) Stop() {
	f.supervisor.OnChange(func() {})
	f.gateway.stop()
	f.stopServices()
	if f.kafka != nil {
		f.kafka.Stop()
	}
	if f.redis != nil {
		f.redis.Stop()
	}
	if f.database != nil {
		f.database.Stop()
	}
	_ = os.Remove(f.factsFile()) // missing when the start failed
	f.supervisor.Close()
	f.logs.close()
	f.home.Close()
}

// Facts says where everything is.
func (f *Fleet) Facts() facts.Facts {
	found := facts.Facts{
		Gateway: f.addresses.gatewayURL(), Kafka: f.kafka.First(), Redis: f.redis.Address(),
		Services: map[string]string{}, Databases: map[string]string{}, PIDs: map[string]int{},
		Accounts: f.accounts(),
	}
	for _, s := range f.services {
		found.Services[s.Name] = s.url
		found.Databases[s.Name] = f.database.DSN(s.Schema)
		found.PIDs[s.Name] = s.pid()
	}
	// A store that was given is no process of ours.
	for name, pid := range map[string]int{"database": f.database.PID(), "redis": f.redis.PID()} {
		if pid != 0 {
			found.PIDs[name] = pid
		}
	}
	return found
}

// Broker is the process of Kafka's broker, 0 unless it has one of its own.
func (f *Fleet) Broker() int { return f.kafka.PID() }

// accounts are those to sign in with, none when there is no demo data.
func (f *Fleet) accounts() []facts.Account {
	for _, s := range services.All() {
		if s.Short == "user" && s.Demo(f.options.Environ) {
			return facts.Demo()
		}
	}
	return []facts.Account{}
}

func (f *Fleet) factsFile() string { return f.home.Path("fleet.json") }

// factsChanged writes the facts anew.
func (f *Fleet) factsChanged() {
	if err := f.Facts().Write(f.factsFile()); err != nil {
		f.say("%v", err)
	}
}

// say tells people a line.
func (f *Fleet) say(format string, args ...any) {
	_, _ = fmt.Fprintf(f.options.Out, "fleet | "+format+"\n", args...)
}

// binary is one of the programs of a split fleet.
func (f *Fleet) binary(name string) string { return filepath.Join(f.options.Binaries, name) }
