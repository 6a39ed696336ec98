package fleettest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
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
	points   string // folder where fault points are armed
	log      string

	mu    sync.Mutex
	links map[string]*Link // by service/store
}

// Start builds and starts a fleet in a folder of the test's own and stops it
// with the test. prepare, which may be nil, is handed the folder before.
func Start(t testing.TB, prepare func(folder string), environ ...string) *Fleet {
	t.Helper()
	programs, err := build()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(programs.Folder, "fleet-")
	if err != nil {
		t.Fatal(err)
	}
	f := &Fleet{Programs: programs, points: filepath.Join(dir, "points"), log: filepath.Join(dir, "log"), links: map[string]*Link{}}
	must(t, os.Chmod(dir, 0o711)) // #nosec G302 -- as above
	must(t, os.Mkdir(f.points, 0o700))
	data := filepath.Join(dir, "data")
	if prepare != nil {
		prepare(data)
	}
	f.run(t, data, environ)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the fleet said at last:\n%s", f.said(200))
		}
		for _, l := range f.links {
			l.Heal()
		}
		f.Stop()
		for _, l := range f.links {
			l.close()
		}
		os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	})
	f.signIn(t)
	return f
}

func (f *Fleet) run(t testing.TB, data string, further []string) {
	t.Helper()
	log, err := os.Create(f.log)
	must(t, err)
	environ := append(os.Environ(), "VALIDATION_DEADLINE="+Deadline.String(), "SEED_DEMO=true", "FAULTPOINTS="+f.points)
	for _, part := range []string{"GATEWAY", "USER", "PRODUCT", "ORDER", "KAFKA"} {
		environ = append(environ, "FLEET_"+part+"_ADDR=127.0.0.1:0")
	}
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	f.Fleet, err = fleet.Start(ctx, fleet.Options{
		Folder: data, Split: true, Binaries: f.Programs.Folder, Environ: append(environ, further...), Out: log, Around: f.around,
	})
	if err != nil {
		t.Fatalf("start the fleet: %v\n%s", err, f.said(100))
	}
	f.Topics = Topics{Broker: f.Facts().Kafka}
}

func (f *Fleet) signIn(t testing.TB) {
	t.Helper()
	f.Shop = shop.New(f.Facts().Gateway)
	for _, account := range f.Facts().Accounts {
		if account.Roles[0] == "ADMIN" {
			admin, err := f.Shop.SignIn(t.Context(), account.Email, account.Password)
			must(t, err)
			f.Admin = admin
		}
	}
}

// around leads every connection of a service to a store through a link.
func (f *Fleet) around(service string, truth services.Surroundings) services.Surroundings {
	told := truth
	told.Redis = f.link(service, "redis", truth.Redis, nil)
	broker, _, _ := strings.Cut(truth.Kafka, ",")
	told.Kafka = f.link(service, "kafka", broker, speakKafka)
	if options, err := mysql.ParseDSN(truth.Database); err == nil && options.Net == "tcp" {
		options.Addr = f.link(service, "database", options.Addr, nil)
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

// PID is the process of a part of the fleet: a service, "database", "redis" or
// "kafka". A test of a store that was given, whose process nobody knows, is
// skipped.
func (f *Fleet) PID(t testing.TB, part string) int {
	t.Helper()
	pid := f.Facts().PIDs[part]
	if part == "kafka" {
		pid = f.Broker()
	}
	if pid == 0 {
		t.Skipf("the process of %s is not this fleet's: it was given", part)
	}
	return pid
}

// Signal sends a signal to the process of a part.
func (f *Fleet) Signal(t testing.TB, part string, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(f.PID(t, part), s); err != nil {
		t.Fatalf("signal %s: %v", part, err)
	}
}

// Kill ends the process of a part as kill -9 does and waits until it runs again.
func (f *Fleet) Kill(t testing.TB, part string) {
	t.Helper()
	before := f.PID(t, part)
	f.Signal(t, part, syscall.SIGKILL)
	f.AwaitRestart(t, part, before)
}

// AwaitRestart waits until a part has another process than before.
func (f *Fleet) AwaitRestart(t testing.TB, part string, before int) {
	t.Helper()
	f.Eventually(t, func(context.Context) error {
		if f.PID(t, part) == before {
			return fmt.Errorf("%s has not been started again", part)
		}
		return nil
	})
}

// Pause stops the process of a part where it stands for so long.
func (f *Fleet) Pause(t testing.TB, part string, d time.Duration) {
	t.Helper()
	pid := f.PID(t, part)
	must(t, syscall.Kill(pid, syscall.SIGSTOP))
	time.Sleep(d)
	must(t, syscall.Kill(pid, syscall.SIGCONT))
}

// Arm has the next process that reaches a fault point die there; with a
// duration it pauses instead.
func (f *Fleet) Arm(t testing.TB, point string, pause time.Duration) {
	t.Helper()
	text := ""
	if pause > 0 {
		text = pause.String()
	}
	must(t, os.WriteFile(filepath.Join(f.points, point), []byte(text), 0o600))
}

// AwaitReached waits until a process has reached an armed point.
func (f *Fleet) AwaitReached(t testing.TB, point string) {
	t.Helper()
	f.Eventually(t, func(context.Context) error {
		if _, err := os.Stat(filepath.Join(f.points, point)); err == nil {
			return fmt.Errorf("nobody has reached %s", point)
		}
		return nil
	})
}

// Eventually waits until probe returns nil and fails the test when it does not.
func (f *Fleet) Eventually(t testing.TB, probe func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	if err := shop.Eventually(ctx, probe); err != nil {
		t.Fatal(err)
	}
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
