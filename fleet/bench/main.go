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
	"syscall"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/audit"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

func main() {
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
	defer f.stop()
	if *signIns {
		return measureAuth(ctx, f, time.Duration(*seconds)*time.Second)
	}
	b, err := prepare(ctx, f)
	if err != nil {
		return err
	}
	defer b.watching()
	r, err := b.measure(ctx, time.Duration(*seconds)*time.Second, *workers)
	if err != nil {
		return err
	}
	r.Start = f.took
	if err := b.settled(ctx); err != nil {
		return err
	}
	if len(f.facts.Databases) > 0 {
		if err := audit.Audit(ctx, f.facts.Databases); err != nil {
			return fmt.Errorf("a promise is broken: %w", err)
		}
	}
	r.print(os.Stdout)
	return r.write(*out)
}

// measure takes the figures one after the other, the fleet quiet in between.
func (b *bench) measure(ctx context.Context, main time.Duration, workers int) (*report, error) {
	r := &report{Seconds: main.Seconds()}
	part := func(share, least time.Duration) time.Duration { return max(main/share, least*time.Second) }
	steps := []func() error{
		func() (err error) { r.Yardstick, err = b.yardstick(ctx, part(12, 1)); return err },
		func() (err error) { r.Single, err = b.closed(ctx, part(12, 1), 1, b.anyProduct); return err },
		func() (err error) { r.OpenLoop, err = b.open(ctx, part(4, 2), 1000); return err },
		func() (err error) { r.Throughput, err = b.closed(ctx, main, workers, b.anyProduct); return err },
		func() (err error) { r.Hot, err = b.closed(ctx, part(4, 2), workers, b.hotProduct); return err },
		func() (err error) {
			r.Flood, err = b.flood(ctx, part(2, 3), r.Throughput.ConfirmedPerSecond)
			return err
		},
		func() (err error) { r.Reads, err = b.reads(ctx, part(6, 1), 32); return err },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
		if err := b.settled(ctx); err != nil {
			return nil, err
		}
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
