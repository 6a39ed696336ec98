package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/facts"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// target is the fleet that is measured.
type target struct {
	facts facts.Facts
	pid   int           // of a fleet of our own: the process of its gateway, parent of all the others
	took  time.Duration // to start, on a data folder that was there; 0 if it ran already
	stop  func()

	folder string // of a fleet of our own; it stays after a failure, with the log
}

// start finds a running fleet or starts one in a folder of its own, twice: the
// second start is the one that is timed.
func start(ctx context.Context, path string) (*target, error) {
	if path != "" {
		t := &target{stop: func() {}}
		return t, read(path, &t.facts)
	}
	if err := os.MkdirAll(".local", 0o755); err != nil { // #nosec G301 -- as `make run` makes it
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	dir, err := os.MkdirTemp(".local", "bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	fmt.Println("starting a fleet in", dir)
	first, err := launch(ctx, dir)
	if err != nil {
		return nil, err
	}
	first.stop()
	second, err := launch(ctx, dir)
	if err != nil {
		return nil, err
	}
	second.folder = dir
	return second, nil
}

// launch starts a fleet whose services have a process each and waits until it is
// ready.
func launch(ctx context.Context, dir string) (*target, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the programs: %w", err)
	}
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) // #nosec G304 -- our own
	if err != nil {
		return nil, fmt.Errorf("keep a log: %w", err)
	}
	defer log.Close()                                                                   //nolint:errcheck // the fleet has its own
	command := exec.Command(filepath.Join(filepath.Dir(own), "fleet"), "run", "-split") // #nosec G204 -- our own
	command.Dir, command.Stdout, command.Stderr = dir, log, log
	command.Env = append(os.Environ(), "SEED_DEMO=true", "LOG_LEVEL=WARN")
	for _, part := range []string{"GATEWAY", "USER", "PRODUCT", "ORDER", "KAFKA"} {
		command.Env = append(command.Env, "FLEET_"+part+"_ADDR=127.0.0.1:0")
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start the fleet: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	t := &target{pid: command.Process.Pid, stop: func() {
		command.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it has ended
		<-ended
	}}
	for {
		err := read(filepath.Join(dir, ".local", "fleet.json"), &t.facts)
		if err == nil {
			t.took = time.Since(began)
			return t, nil
		}
		select {
		case err := <-ended:
			return nil, fmt.Errorf("the fleet ended at its start (log in %s): %w", log.Name(), errors.Join(errEnded, err))
		case <-ctx.Done():
			t.stop()
			return nil, ctx.Err()
		case <-time.After(time.Millisecond):
		}
		if !errors.Is(err, fs.ErrNotExist) {
			t.stop()
			return nil, err
		}
	}
}

func read(path string, into *facts.Facts) error {
	raw, err := os.ReadFile(path) // #nosec G304 -- the caller's own
	if err != nil {
		return fmt.Errorf("read the fleet's facts: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read the fleet's facts: %w", err)
	}
	return nil
}

var errEnded = errors.New("it ended")

// bench is a fleet with goods on its shelves and people who want them.
type bench struct {
	target   *target
	orders   string // host:port
	products string
	tokens   []string
	shelf    []string // product ids
	watch    *watch
	watching func() // stops the watch
}

const (
	people = 50
	goods  = 500
	units  = 1_000_000 // of each
)

// prepare fills the shelves, stores so many orders of before, registers people
// and follows the events.
func prepare(ctx context.Context, t *target, before int) (*bench, error) {
	b := &bench{target: t, orders: host(t.facts.Services["order-service"]), products: host(t.facts.Services["product-service"]), watch: newWatch()}
	s := shop.New(t.facts.Gateway)
	var admin *shop.Person
	for _, account := range t.facts.Accounts {
		if account.Roles[0] == "ADMIN" {
			var err error
			if admin, err = s.SignIn(ctx, account.Email, account.Password); err != nil {
				return nil, err
			}
		}
	}
	if admin == nil {
		return nil, errNoAdmin
	}
	for i := range goods {
		product, err := admin.Create(ctx, fmt.Sprintf("Bench product %d", i), "19.90", units)
		if err != nil {
			return nil, err
		}
		b.shelf = append(b.shelf, product.ID)
	}
	if err := b.preload(ctx, before); err != nil {
		return nil, err
	}
	for range people {
		client, err := s.NewClient(ctx)
		if err != nil {
			return nil, err
		}
		token, err := client.Token(ctx)
		if err != nil {
			return nil, err
		}
		b.tokens = append(b.tokens, token)
	}
	watching, cancel := context.WithCancel(ctx)
	b.watching = cancel
	return b, b.watch.start(watching, t.facts.Kafka)
}

// host is the host:port of a base address.
func host(base string) string {
	const scheme = len("http://")
	return base[scheme:]
}
