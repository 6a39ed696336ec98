package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/fleet"
	"github.com/oms-fleet/oms/fleet/internal/services"
)

// stock is how many products the catalogue is measured with.
const stock = 100_000

// catalogue measures product-service alone: an import, then reads and searches,
// with a cache and without. Everything runs on this machine, durable.
func catalogue(ctx context.Context, each time.Duration) error {
	if err := os.MkdirAll(".local", 0o755); err != nil { // #nosec G301 -- as `make run` makes it
		return fmt.Errorf("make a folder: %w", err)
	}
	dir, err := os.MkdirTemp(".local", "bench-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	t := &table{}
	wares := newWares()
	// One processor is enough for the generator, and saves what two spend on
	// waking each other: the fleet needs it.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, cached := range []bool{true, false} {
		if err := t.measure(ctx, dir, wares, cached, each); err != nil {
			return err
		}
	}
	t.print(os.Stdout)
	return nil
}

// measure starts the fleet and takes its figures; the first time it fills the
// catalogue.
func (t *table) measure(ctx context.Context, dir string, g *wares, cached bool, each time.Duration) error {
	f, err := openShop(ctx, dir, cached)
	if err != nil {
		return err
	}
	defer f.Stop()
	b := &bench{target: &target{facts: f.Facts()}, products: host(f.Facts().Services["product-service"])}
	if len(g.ids) == 0 {
		if err := t.fill(ctx, b, g); err != nil {
			return err
		}
	}
	with := map[bool]string{true: "with Redis", false: "without"}[cached]
	promised := map[bool]float64{true: 20_000, false: 7000}[cached]
	read, popular, common := g.reading(), g.searching(), g.searchingCommon()
	steps := []struct {
		what     string
		path     func() string
		rate     int // a second; 0 is as fast as it goes
		promised string
	}{
		{"product reads " + with, read, 0, fmt.Sprintf("≥ %.0f/s", promised)},
		{"searches " + with, popular, 0, "≥ 2000/s"},
		{"  at 1 000/s", popular, 1000, "p99 ≤ 20 ms"},
		{"searches for two common words " + with, common, 0, ""},
		{"  at 200/s", common, 200, ""},
	}
	for _, step := range steps {
		if _, err := get(ctx, b.products, each/4, 0, step.path); err != nil { // what is asked for most is known by then
			return err
		}
		before := b.usage()
		seen, err := get(ctx, b.products, each, step.rate, step.path)
		if err != nil {
			return err
		}
		t.add(step.what, fmt.Sprintf("%.0f/s, %s", seen.rate, spread(seen.took)), step.promised, b.usage().minus(before).perOrder(int64(len(seen.took))))
	}
	return nil
}

// openShop starts a fleet, the product-service with a cache or without.
func openShop(ctx context.Context, dir string, cached bool) (*fleet.Fleet, error) {
	own, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the programs: %w", err)
	}
	log, err := os.Create(filepath.Join(dir, "log")) // #nosec G304 -- our own
	if err != nil {
		return nil, fmt.Errorf("keep a log: %w", err)
	}
	environ := append(os.Environ(), "SEED_DEMO=true", "LOG_LEVEL=WARN")
	for _, part := range []string{"GATEWAY", "USER", "PRODUCT", "ORDER", "KAFKA"} {
		environ = append(environ, "FLEET_"+part+"_ADDR=127.0.0.1:0")
	}
	f, err := fleet.Start(ctx, fleet.Options{
		Folder: filepath.Join(dir, "data"), Split: true, Binaries: filepath.Dir(own), Environ: environ, Out: log,
		Around: func(service string, truth services.Surroundings) services.Surroundings {
			if service == "product-service" && !cached {
				truth.Redis = ""
			}
			return truth
		},
	})
	if err != nil {
		return nil, fmt.Errorf("start the fleet (log in %s): %w", log.Name(), err)
	}
	return f, nil
}

// seen is what one measurement showed.
type seen struct {
	rate float64
	took []time.Duration
}

// get reads paths for a while on 128 connections: as fast as it goes, or at a
// rate; then a late answer counts from when it should have been asked for.
func get(ctx context.Context, address string, length time.Duration, rate int, path func() string) (seen, error) {
	const workers = 128
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var all sync.WaitGroup
	var mu sync.Mutex
	var total seen
	var next atomic.Int64
	failures := make(chan error, workers)
	began := time.Now()
	for range workers {
		all.Go(func() {
			took, err := getOn(ctx, address, path, func() time.Time {
				if rate == 0 {
					return time.Now()
				}
				return began.Add(time.Duration(next.Add(1)) * time.Second / time.Duration(rate))
			})
			mu.Lock()
			defer mu.Unlock()
			total.took = append(total.took, took...)
			if err != nil {
				failures <- err
			}
		})
	}
	all.Wait()
	close(failures)
	total.rate = float64(len(total.took)) / time.Since(began).Seconds()
	return total, <-failures
}

func getOn(ctx context.Context, address string, path func() string, due func() time.Time) (took []time.Duration, err error) {
	w, err := dial(address)
	if err != nil {
		return nil, err
	}
	defer w.close()
	for {
		since := due()
		pause(ctx.Done(), time.Until(since))
		if ctx.Err() != nil {
			return took, nil
		}
		asked := path()
		status, answer, err := w.do(http.MethodGet, asked, "", nil)
		if err != nil {
			return nil, err
		}
		if status != http.StatusOK {
			return nil, fmt.Errorf("GET %s answered %d: %.200s", asked, status, answer)
		}
		took = append(took, time.Since(since))
	}
}
