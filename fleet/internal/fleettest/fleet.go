package fleettest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/oms-fleet/oms/fleet/internal/fleet"
	"github.com/oms-fleet/oms/fleet/internal/services"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

const (
	// Deadline is after how long the fleet cancels an order that nobody answered.
	Deadline = 8 * time.Second

	// Takeover is after how long a process is promised to have the work of another
	// one that has died or stands still.
	Takeover = 5 * time.Second

	// Patience bounds every wait for an outcome: a machine may be busy.
	Patience = 2 * time.Minute
)

// Fleet is a fleet to be hurt, each part a process of its own.
type Fleet struct {
	*fleet.Fleet
	Programs Programs
	Shop     *shop.Shop
	Admin    *shop.Person
	Topics   Topics
	Folder   string // that it lives in
	points   string // folder where fault points are armed
	log      string

	mu    sync.Mutex
	links map[string]*Link // by service/store
}

// Start opens a fleet of the test's own, which ends with the test.
func Start(t testing.TB, prepare func(folder string) error, environ ...string) *Fleet {
	t.Helper()
	f, err := Open(prepare, environ...)
	must(t, err)
	t.Cleanup(f.Close)
	f.Tell(t)
	return f
}

// Tell has a failing test print what the fleet said at last.
func (f *Fleet) Tell(t testing.TB) {
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the fleet said at last:\n%s", f.said(300))
		}
	})
}

// Open builds and starts a fleet in a new folder. prepare, which may be nil, is
// handed the folder before. The caller closes it.
func Open(prepare func(folder string) error, environ ...string) (*Fleet, error) {
	programs, err := build()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(programs.Folder, "fleet-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	f := &Fleet{Programs: programs, Folder: filepath.Join(dir, "data"), points: filepath.Join(dir, "points"), log: filepath.Join(dir, "log"), links: map[string]*Link{}}
	if err := errors.Join(os.Chmod(dir, 0o711), os.Mkdir(f.points, 0o700)); err != nil { // #nosec G302 -- as above
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	if prepare != nil {
		if err := prepare(f.Folder); err != nil {
			return nil, err
		}
	}
	if err := f.run(environ); err != nil {
		return nil, err
	}
	return f, f.signIn()
}

// Close stops the fleet and removes what it kept.
func (f *Fleet) Close() {
	for _, l := range f.links {
		l.Heal()
	}
	f.Stop()
	for _, l := range f.links {
		l.close()
	}
	os.RemoveAll(filepath.Dir(f.Folder)) //nolint:errcheck // a temporary folder
}

func (f *Fleet) run(further []string) error {
	log, err := os.OpenFile(f.log, os.O_CREATE|os.O_TRUNC|os.O_APPEND|os.O_WRONLY, 0o600) // replicas write to it too
	if err != nil {
		return fmt.Errorf("keep a log: %w", err)
	}
	environ := append(os.Environ(), "VALIDATION_DEADLINE="+Deadline.String(), "USER_SEED_DEMO=true", "SEED_DEMO=false", "FAULTPOINTS="+f.points)
	for _, part := range []string{"GATEWAY", "USER", "PRODUCT", "ORDER", "KAFKA"} {
		environ = append(environ, "FLEET_"+part+"_ADDR=127.0.0.1:0")
	}
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	f.Fleet, err = fleet.Start(ctx, fleet.Options{
		Folder: f.Folder, Split: true, Binaries: f.Programs.Folder, Environ: append(environ, further...), Out: log, Around: f.around,
	})
	if err != nil {
		return fmt.Errorf("start the fleet: %w\n%s", err, f.said(100))
	}
	f.Topics = Topics{Broker: f.Facts().Kafka}
	return nil
}

func (f *Fleet) signIn() (err error) {
	f.Shop = shop.New(f.Facts().Gateway)
	for _, account := range f.Facts().Accounts {
		if account.Roles[0] == "ADMIN" {
			f.Admin, err = f.Shop.SignIn(context.Background(), account.Email, account.Password)
			return err
		}
	}
	return errors.New("the fleet has no admin's account")
}

// around leads every connection of a service to a store through a link.
func (f *Fleet) around(service string, truth services.Surroundings) services.Surroundings {
	told := truth
	told.Redis = f.link(service, "redis", truth.Redis, nil)
	broker, _, _ := strings.Cut(truth.Kafka, ",")
	told.Kafka = f.link(service, "kafka", broker, speakKafka)
	if options, err := mysql.ParseDSN(truth.Database); err == nil {
		options.Net, options.Addr = "tcp", f.link(service, "database", options.Addr, nil)
		told.Database = options.FormatDSN()
	}
	return told
}

// link opens a link and returns its address; the store's own when that fails.
func (f *Fleet) link(service, store, address string, speak func(*Link) (requests, answers transfer)) string {
	l, err := newLink(address, speak)
	if err != nil {
		return address
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.links[service+"/"+store] = l
	return l.Address()
}

// Link is the way from a service to "database", "kafka" or "redis".
func (f *Fleet) Link(t testing.TB, service, store string) *Link {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.links[service+"/"+store]
	if l == nil {
		t.Fatalf("there is no link from %s to %s", service, store)
	}
	return l
}

// said returns the last lines of the fleet's log.
func (f *Fleet) said(lines int) string {
	text, _ := os.ReadFile(f.log)
	all := strings.Split(string(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
