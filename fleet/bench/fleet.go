package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/facts"
	"github.com/oms-fleet/oms/fleet/internal/fleet"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// target is the fleet that is measured.
type target struct {
	facts facts.Facts
	took  time.Duration // to start, on a data folder that was there; 0 if it ran already
	stop  func()
}

// start finds a running fleet or starts one in a folder of its own, twice: the
// second start is the one that is timed.
func start(ctx context.Context, path string) (*target, error) {
	if path != "" {
		raw, err := os.ReadFile(path) // #nosec G304 -- the caller's own
		if err != nil {
			return nil, fmt.Errorf("read the target: %w", err)
		}
		t := &target{stop: func() {}}
		if err := json.Unmarshal(raw, &t.facts); err != nil {
			return nil, fmt.Errorf("read the target: %w", err)
		}
		return t, nil
	}
	own, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the programs: %w", err)
	}
	if err := os.MkdirAll(".local", 0o755); err != nil { // #nosec G301 -- as `make run` makes it
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	dir, err := os.MkdirTemp(".local", "bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	log, err := os.Create(filepath.Join(dir, "log")) // #nosec G304 -- our own
	if err != nil {
		return nil, fmt.Errorf("keep a log: %w", err)
	}
	environ := append(os.Environ(), "SEED_DEMO=true", "LOG_LEVEL=WARN")
	for _, part := range []string{"GATEWAY", "USER", "PRODUCT", "ORDER", "KAFKA"} {
		environ = append(environ, "FLEET_"+part+"_ADDR=127.0.0.1:0")
	}
	options := fleet.Options{Folder: filepath.Join(dir, "data"), Split: true, Binaries: filepath.Dir(own), Environ: environ, Out: log}
	fmt.Println("starting a fleet in", dir)
	first, err := fleet.Start(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("start the fleet (log in %s): %w", log.Name(), err)
	}
	first.Stop()
	began := time.Now()
	second, err := fleet.Start(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("start the fleet again (log in %s): %w", log.Name(), err)
	}
	return &target{facts: second.Facts(), took: time.Since(began), stop: func() {
		second.Stop()
		os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	}}, nil
}

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

// prepare registers people, fills the shelves and follows the events.
func prepare(ctx context.Context, t *target) (*bench, error) {
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
	for i := range goods {
		product, err := admin.Create(ctx, fmt.Sprintf("Bench product %d", i), "19.90", units)
		if err != nil {
			return nil, err
		}
		b.shelf = append(b.shelf, product.ID)
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
