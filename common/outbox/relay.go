package outbox

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

const (
	// maxQueued bounds what waits in memory; more is left to the table.
	maxQueued = 20_000
	// maxBatch bounds one publishing and one delete.
	maxBatch = 1_000
	// lookPeriod is how often the table is searched for what was left there, and
	// leftAfter how old a message must be to count as left.
	lookPeriod = 500 * time.Millisecond
	leftAfter  = time.Second
)

// Publish sends records and returns nil when the broker has them all.
type Publish func(ctx context.Context, records ...contract.Record) error

// Relay brings messages from the outbox to the broker. Those offered go at once,
// all that wait in one call; the table is searched only for what a crash, a full
// queue or a broker that was away has left there. Any number of relays may work
// on one table.
type Relay struct {
	db      *sqlx.DB
	publish Publish
	log     *slog.Logger

	mu     sync.Mutex
	queued []contract.Record
	sent   []id.ID // published and not yet deleted
	wake   chan struct{}
	clear  chan struct{}
}

// NewRelay returns a relay that does nothing until Run.
func NewRelay(db *sqlx.DB, publish Publish, log *slog.Logger) *Relay {
	return &Relay{db: db, publish: publish, log: log, wake: make(chan struct{}, 1), clear: make(chan struct{}, 1)}
}

// Offer hands over records whose transaction has been committed. It never waits.
func (r *Relay) Offer(records ...contract.Record) {
	r.mu.Lock()
	if len(r.queued)+len(records) <= maxQueued {
		r.queued = append(r.queued, records...)
	}
	r.mu.Unlock()
	signal(r.wake)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // somebody has been woken and has not looked yet
	}
}

// Run relays until ctx ends. What it has not published then stays in the table.
func (r *Relay) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return r.each(ctx, r.wake, r.send) })
	g.Go(func() error { return r.each(ctx, r.clear, r.delete) })
	g.Go(func() error {
		ticker := time.NewTicker(lookPeriod)
		defer ticker.Stop()
		r.sweep(ctx)
		for {
			select {
			case <-ticker.C:
				r.sweep(ctx)
			case <-ctx.Done():
				return nil
			}
		}
	})
	return g.Wait()
}

func (r *Relay) each(ctx context.Context, woken <-chan struct{}, work func(context.Context)) error {
	for {
		select {
		case <-woken:
			work(ctx)
		case <-ctx.Done():
			return nil
		}
	}
}

// send publishes what is queued until nothing is. What arrives meanwhile is the
// next call's.
func (r *Relay) send(ctx context.Context) {
	for {
		batch := r.take()
		if len(batch) == 0 {
			return
		}
		if err := r.publish(ctx, batch...); err != nil {
			r.leave(ctx, err)
			return
		}
		ids := make([]id.ID, len(batch))
		for i, record := range batch {
			ids[i] = record.ID
		}
		r.mu.Lock()
		r.sent = append(r.sent, ids...)
		r.mu.Unlock()
		signal(r.clear)
	}
}

func (r *Relay) take() []contract.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(r.queued), maxBatch)
	batch := r.queued[:n:n]
	if r.queued = r.queued[n:]; len(r.queued) == 0 {
		r.queued = nil // let the array go
	}
	return batch
}

// leave forgets what is queued: it is safe in the table.
func (r *Relay) leave(ctx context.Context, err error) {
	r.mu.Lock()
	r.queued = nil
	r.mu.Unlock()
	if ctx.Err() == nil {
		r.log.WarnContext(ctx, "messages stay in the outbox for now", "error", err)
	}
}
