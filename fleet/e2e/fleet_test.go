package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/facts"
	"github.com/oms-fleet/oms/fleet/internal/fleet"
	"github.com/oms-fleet/oms/fleet/internal/fleettest"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// tried is the fleet that all tests share.
type tried struct {
	shop  *shop.Shop
	admin *shop.Person
	facts facts.Facts

	topics *watch
}

// shared is started by the first test that asks, and stop ends it.
var (
	shared = sync.OnceValues(start)
	stop   = func() {}
)

func TestMain(m *testing.M) {
	status := m.Run()
	stop()
	os.Exit(status)
}

func running(t *testing.T) *tried {
	t.Helper()
	f, err := shared()
	if err != nil {
		t.Fatalf("no fleet to try: %v", err)
	}
	return f
}

// start finds the fleet that E2E_FLEET names, or builds the programs and runs
// one, each service a process of its own.
func start() (*tried, error) {
	if path := os.Getenv("E2E_FLEET"); path != "" {
		found, err := read(path)
		if err != nil {
			return nil, err
		}
		return try(found)
	}
	dir, err := os.MkdirTemp("", "oms-e2e-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	ran, err := run(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	stop = func() {
		ran.Stop()
		os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	}
	return try(ran.Facts())
}

func run(dir string) (*fleet.Fleet, error) {
	modules := "github.com/oms-fleet/oms/"
	build := exec.Command("go", "build", "-race", "-o", dir+"/", modules+"user-service", modules+"product-service", modules+"order-service", modules+"fleet") // #nosec G204
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the programs: %w\n%s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log")) // #nosec G304 -- our own
	if err != nil {
		return nil, fmt.Errorf("keep a log: %w", err)
	}
	environ := append(os.Environ(), "VALIDATION_DEADLINE=15s", "USER_SEED_DEMO=true", "SEED_DEMO=false")
	for _, part := range []string{"GATEWAY", "USER", "PRODUCT", "ORDER", "KAFKA"} {
		environ = append(environ, "FLEET_"+part+"_ADDR=127.0.0.1:0")
	}
	ran, err := fleet.Start(context.Background(), fleet.Options{
		Folder: filepath.Join(dir, "data"), Split: true, Binaries: dir, Environ: environ, Out: log,
	})
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		return nil, fmt.Errorf("start the fleet: %w\n%s", err, said)
	}
	return ran, nil
}

func read(path string) (found facts.Facts, err error) {
	raw, err := os.ReadFile(path) // #nosec G304 -- the caller's own
	if err != nil {
		return found, fmt.Errorf("E2E_FLEET: %w", err)
	}
	if err := json.Unmarshal(raw, &found); err != nil {
		return found, fmt.Errorf("E2E_FLEET: %w", err)
	}
	return found, nil
}

func try(f facts.Facts) (*tried, error) {
	s := shop.New(f.Gateway)
	for _, account := range f.Accounts {
		if account.Roles[0] != "ADMIN" {
			continue
		}
		admin, err := s.SignIn(context.Background(), account.Email, account.Password)
		if err != nil {
			return nil, fmt.Errorf("sign in as an admin: %w", err)
		}
		topics := &watch{Topics: fleettest.Topics{Broker: f.Kafka}, read: map[string]*reading{}}
		return &tried{shop: s, admin: admin, facts: f, topics: topics}, nil
	}
	return nil, errors.New("the fleet has no admin's account")
}

// paused stops a service where it stands while do runs.
func (f *tried) paused(t *testing.T, service string, do func()) {
	t.Helper()
	pid := f.facts.PIDs[service]
	if pid == 0 {
		t.Fatalf("this fleet does not tell the process of %s", service)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatalf("pause %s: %v", service, err)
	}
	defer func() {
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			t.Errorf("resume %s: %v", service, err)
		}
	}()
	do()
}
