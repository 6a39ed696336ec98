// Command bench measures a fleet: one that it starts for the purpose, on a
// durable database, or the one that TARGET (a fleet.json) names. It prints a
// table, writes it as JSON, and fails when a promise does not hold at the end.
//
// Everything runs on one machine, the generator too. Requests go to the
// services' own ports. An order has one line of one unit.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/fleet/internal/audit"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

func main() {
	process.RelaxTimers(os.Args, os.Environ())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	seconds := flag.Int("seconds", 60, "length of the main measurement; the others are parts of it")
	target := flag.String("target", "", "the fleet.json of a running fleet, instead of one of our own")
	out := flag.String("out", ".local/bench.json", "where to write the figures")
	workers := flag.Int("workers", 256, "connections that place orders as fast as they can")
	flooders := flag.Int("flooders", 4000, "connections that flood")
	before := flag.Int("preload", 0, "orders to store before anything is measured")
	only := flag.String("only", "", "measure these alone, by commas, of single,openLoop,throughput,hot,flood,reads")
	ofCatalogue := flag.Bool("catalogue", false, "measure product-service with a hundred thousand products instead")
	signIns := flag.Bool("auth", false, "measure refreshes and sign-ins instead of orders")
	flag.Parse()
	if *ofCatalogue {
		return catalogue(ctx, time.Duration(*seconds)*time.Second)
	}

	f, err := start(ctx, *target)
	if err != nil {
		return err
	}
	if *signIns {
		err = measureAuth(ctx, f, time.Duration(*seconds)*time.Second)
	} else {
		err = f.measure(ctx, plan{length: time.Duration(*seconds) * time.Second, workers: *workers, flooders: *flooders, before: *before, only: *only}, *out)
	}
	f.stop()
	if err != nil && f.folder != "" {
		return fmt.Errorf("%w (the fleet's log and data stay in %s)", err, f.folder)
	}
	return errors.Join(err, os.RemoveAll(f.folder))
}

// measure takes all the figures that p asks for, audits the fleet, and writes them
// to out.
func (t *target) measure(ctx context.Context, p plan, out string) error {
	b, err := prepare(ctx, t, p.before)
	if err != nil {
		return err
	}
	defer b.watching()
	r, err := b.measure(ctx, p)
	if err != nil {
		return err
	}
	r.Start = t.took
	r.print(os.Stdout)
	if len(t.facts.Databases) > 0 {
		if err := audit.Audit(ctx, t.facts.Databases); err != nil {
			return fmt.Errorf("a promise is broken: %w", err)
		}
	}
	return r.write(out)
}

// plan says what is measured, and for how long.
type plan struct {
	length   time.Duration // of the main measurement; the others are parts of it
	workers  int           // connections that place orders as fast as they can
	flooders int           // connections that flood
	before   int           // orders that are stored first
	only     string        // names of measurements, by commas; all if empty
}

// part is how long a measurement takes that has a share of the main one.
func (p plan) part(share, least time.Duration) time.Duration {
	return max(p.length/share, least*time.Second)
}

func (p plan) has(name string) bool {
	return p.only == "" || slices.Contains(strings.Split(p.only, ","), name)
}

// measure takes the figures one after the other, the fleet quiet in between.
func (b *bench) measure(ctx context.Context, p plan) (*report, error) {
	r := &report{Seconds: p.length.Seconds()}
	steps := []struct {
		name string
		take func() error
	}{
		{"yardstick", func() (err error) { r.Yardstick, err = b.yardstick(ctx, p.part(12, 1)); return err }},
		{"single", func() (err error) { r.Single, err = b.closed(ctx, p.part(12, 1), 1, b.anyProduct); return err }},
		{"openLoop", func() (err error) {
			r.Disk, err = b.besideDisk(ctx, func() (err error) { r.OpenLoop, err = b.open(ctx, p.part(4, 2), 1000); return err })
			return err
		}},
		{"throughput", func() (err error) { r.Throughput, err = b.closed(ctx, p.length, p.workers, b.anyProduct); return err }},
		{"hot", func() (err error) { r.Hot, err = b.closed(ctx, p.part(4, 2), p.workers, b.hotProduct); return err }},
		{"flood", func() (err error) {
			r.Flood, err = b.flood(ctx, p.part(2, 3), p.flooders, r.Throughput.ConfirmedPerSecond)
			return err
		}},
		{"reads", func() (err error) { r.Reads, err = b.reads(ctx, p.part(6, 1), 32); return err }},
	}
	for _, step := range steps {
		if !p.has(step.name) {
			continue
		}
		fmt.Println("measuring", step.name)
		if err := step.take(); err != nil {
			return nil, fmt.Errorf("measure %s: %w", step.name, err)
		}
		if err := b.settled(ctx); err != nil {
			return nil, err
		}
	}
	r.MemoryBusy = b.memory()
	select { // services give memory back when they have rested for four seconds
	case <-time.After(6 * time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.Memory = b.memory()
	return r, nil
}

// settled waits until no order is on its way.
func (b *bench) settled(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	return shop.Eventually(ctx, func(context.Context) error {
		if waiting := b.watch.waiting(); waiting > 0 {
			return fmt.Errorf("%d orders are on their way", waiting)
		}
		return nil
	})
}

var errNoAdmin = errors.New("the fleet has no demo accounts to work with")
