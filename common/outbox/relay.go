package outbox

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/faultpoint"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

const (
	queueLimit  = 10_000                 // records that wait in memory at most
	grace       = 2 * time.Second        // for what is in hand when the process stops
	pollEvery   = 500 * time.Millisecond // how often the table is looked through
	pollAge     = 2 * time.Second        // of rows that the direct way must have forgotten
	pollLimit   = 50                     // rows a transaction; each may have a megabyte
	removeLimit = 500                    // rows a statement
	gathering   = 100 * time.Millisecond // deletes wait so long for others
)

// Publish sends records and returns nil when all are acknowledged.
type Publish func(ctx context.Context, records ...contract.Record) error

// Relay publishes the records of one database's outbox. There are two ways: the
// direct one takes what Offer hands over and never reads the table; the other
// sweeps the table for what the first did not manage, because a process died, a
// publish failed or the memory was full. Any number of relays may share a table.
type Relay struct {
	db      *sqlx.DB
	publish Publish
	log     *slog.Logger
	metrics metrics

	offered   *pile[offer]
	published *pile[id.ID]
	behind    chan struct{} // wakes the sweeper

	mu      sync.Mutex
	direct  bool  // false while the table goes first
	trouble error // why records cannot go out
}

// Option changes a relay as it is made.
type Option func(*Relay)

// WithMetrics registers the relay's metrics. One relay a registry.
func WithMetrics(registry prometheus.Registerer) Option {
	return func(r *Relay) { r.metrics.register(registry) }
}

// NewRelay returns a relay that does nothing until Run.
func NewRelay(db *sqlx.DB, publish Publish, log *slog.Logger, options ...Option) *Relay {
	r := &Relay{
		db: db, publish: publish, log: log, metrics: newMetrics(),
		offered:   newPile[offer](queueLimit),
		published: newPile[id.ID](1 << 30),
		behind:    make(chan struct{}, 1),
	}
	for _, option := range options {
		option(r)
	}
	return r
}

// Offer sends records whose transaction is committed, without waiting: those of
// one call of Add, as they were. Records that are not offered, or for which there
// is no room, go out within three seconds all the same.
func (r *Relay) Offer(records ...contract.Record) {
	faultpoint.Reach(faultpoint.BeforeHandover)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.direct {
		r.offered.add(offersOf(records)...)
	}
}

// Run relays until ctx ends; then it sends what was offered, two seconds at
// most, and returns nil. What it cannot send stays for the next. Rows that a
// process left behind go out at its start.
func (r *Relay) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	defer stop()

	var ways, removal sync.WaitGroup
	ways.Go(func() { r.sweepOften(ctx, work) })
	ways.Go(func() { r.sendOffered(ctx, work) })
	sent, allSent := context.WithCancel(work)
	removal.Go(func() { r.removePublished(sent, work) })
	ways.Wait()
	allSent()
	removal.Wait()
	return nil
}

// Around relays while work runs, which ends some time after ctx does: what work
// still commits goes out too. It returns what work returns.
func (r *Relay) Around(ctx context.Context, work func(context.Context) error) error {
	relaying, stop := context.WithCancel(context.WithoutCancel(ctx))
	relayed := make(chan error, 1)
	go func() { relayed <- r.Run(relaying) }()
	err := work(ctx)
	stop()
	return errors.Join(err, <-relayed)
}

// Healthy returns nil while records can go out, else why they cannot. It costs
// nothing.
func (r *Relay) Healthy() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.trouble
}

// fallBack leaves what is offered to the table, from where it goes out in turn
// with what failed.
func (r *Relay) fallBack(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.direct = false
	r.offered.take()
	if fault.KindOf(err) == fault.Unavailable {
		r.trouble = err
	}
}

func (r *Relay) wakeSweeper() {
	select {
	case r.behind <- struct{}{}:
	default: // it is told already
	}
}

// goDirect opens the direct way.
func (r *Relay) goDirect() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.direct, r.trouble = true, nil
}

func (r *Relay) isDirect() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.direct
}
