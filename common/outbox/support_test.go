package outbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
)

// patience bounds every wait for a condition.
const patience = 60 * time.Second

var migrations = fstest.MapFS{"00001_outbox.sql": {Data: []byte("-- +goose Up\n" + outbox.Schema + ";\n")}}

// broker takes what is published, or fails.
type broker struct {
	mu     sync.Mutex
	probed bool // something came directly
	calls  int
	got    []contract.Record
	fail   error                       // of every call
	refuse func(contract.Record) error // of calls with such a record
}

func (b *broker) publish(ctx context.Context, records ...contract.Record) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.fail != nil {
		return b.fail
	}
	for _, r := range records {
		if b.refuse != nil && b.refuse(r) != nil {
			return b.refuse(r)
		}
	}
	for _, r := range records {
		if r.Topic == "probe" {
			b.probed = true
			continue
		}
		b.got = append(b.got, r)
	}
	return ctx.Err()
}

func (b *broker) set(fail error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = fail
}

func (b *broker) tried() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls
}

func (b *broker) find(messageID id.ID) contract.Record {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.got, func(r contract.Record) bool { return r.ID == messageID })
	return b.got[i]
}

// has reports whether all records were published at least once.
func (b *broker) has(records ...contract.Record) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := make(map[id.ID]bool, len(b.got))
	for _, r := range b.got {
		seen[r.ID] = true
	}
	return !slices.ContainsFunc(records, func(r contract.Record) bool { return !seen[r.ID] })
}

func (b *broker) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.got)
}

// relay runs a relay until stop or the test's end.
func relay(t testing.TB, db *sqlx.DB, b *broker) *running {
	t.Helper()
	r := &running{Relay: outbox.NewRelay(db, b.publish, slog.New(slog.DiscardHandler))}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := r.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	r.stop = sync.OnceFunc(func() {
		cancel()
		<-done
	})
	t.Cleanup(r.stop)
	return r
}

type running struct {
	*outbox.Relay
	stop func()
}

// direct waits until what is offered goes out without the table.
func (r *running) direct(t testing.TB, b *broker) {
	t.Helper()
	b.mu.Lock()
	b.probed = false
	b.mu.Unlock()
	eventually(t, "offers go out directly", func() bool {
		r.Offer(contract.Record{Topic: "probe"})
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.probed
	})
}

func away() error { return fault.Unavailablef(nil, "the broker is away") }

func record(t testing.TB, body string) contract.Record {
	t.Helper()
	return contract.Record{
		Topic: "test", Key: newID(t), ID: newID(t), Type: "Test", Body: []byte(body),
		Traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
	}
}

func some(t testing.TB, n int) []contract.Record {
	records := make([]contract.Record, n)
	for i := range records {
		records[i] = record(t, fmt.Sprint(i))
	}
	return records
}

func newID(t testing.TB) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// add commits records to the outbox.
func add(t testing.TB, db *sqlx.DB, records ...contract.Record) {
	t.Helper()
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error { return outbox.Add(t.Context(), tx, records...) })
	if err != nil {
		t.Fatalf("add to the outbox: %v", err)
	}
}

func count(t testing.TB, db *sqlx.DB) (n int) {
	t.Helper()
	if err := db.Get(&n, "SELECT COUNT(*) FROM outbox"); err != nil {
		t.Fatal(err)
	}
	return n
}

// eventually waits until it is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	deadline := time.After(patience)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-deadline:
			t.Fatalf("%s: not within %s", what, patience)
		case <-look.C:
		}
	}
}
