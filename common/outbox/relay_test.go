package outbox_test

import (
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
)

func TestOfferedRecordsGoOutOnceAndAtOnce(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	var b broker
	r := relay(t, db, &b)
	r.direct(t, &b)
	before := b.count()
	records, began := some(t, 200), time.Now()
	for _, one := range records {
		add(t, db, one)
		r.Offer(one)
	}
	eventually(t, "all are published", func() bool { return b.has(records...) })
	eventually(t, "the outbox is empty", func() bool { return count(t, db) == 0 })
	// On a machine so busy that rows grow two seconds old they are swept as well.
	if got := b.count() - before; got != 200 && time.Since(began) < 2*time.Second {
		t.Errorf("%d records were published, want 200: each once", got)
	}
}

func TestWhatIsOfferedDuringAPublishIsTheNextBatch(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	var b broker
	r := relay(t, db, &b)
	r.direct(t, &b)
	b.mu.Lock() // the next publish hangs here
	calls := b.calls
	records := some(t, 500)
	for _, one := range records {
		r.Offer(one)
	}
	b.mu.Unlock()
	eventually(t, "all are published", func() bool { return b.has(records...) })
	if got := b.tried() - calls; got > 50 {
		t.Errorf("500 offers took %d publishes, want a few", got)
	}
}

func TestRemovingDoesNotWaitForTransactionsUnderWay(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	var b broker
	r := relay(t, db, &b)
	r.direct(t, &b)
	for range 3 {
		err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
			if err := outbox.Add(t.Context(), tx, record(t, "under way")); err != nil {
				return err
			}
			records := some(t, 3)
			add(t, db, records...)
			r.Offer(records...)
			began := time.Now()
			eventually(t, "the outbox is empty", func() bool { return count(t, db) == 0 })
			if took := time.Since(began); took > 4*time.Second { // a lock wait ends after 5
				t.Errorf("removing took %s", took)
			}
			return errors.New("roll back")
		})
		if err == nil {
			t.Fatal("committed, want rolled back")
		}
	}
}

func TestNothingIsLostWhileTheBrokerIsAway(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	var b broker
	r := relay(t, db, &b)
	r.direct(t, &b)
	b.set(away())
	records := some(t, 600)
	for _, one := range records {
		add(t, db, one)
		r.Offer(one)
	}
	eventually(t, "it is tried again", func() bool { return b.tried() > 3 })
	eventually(t, "the relay is not healthy", func() bool { return r.Healthy() != nil })
	if got := count(t, db); got != 600 {
		t.Errorf("the outbox holds %d records, want all 600", got)
	}
	b.set(nil)
	eventually(t, "all are published", func() bool { return b.has(records...) })
	eventually(t, "the outbox is empty", func() bool { return count(t, db) == 0 })
	eventually(t, "the relay is healthy", func() bool { return r.Healthy() == nil })
	r.direct(t, &b)
}

func TestRelaysOfOneTableLoseNothing(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	var b broker
	relays := []*running{relay(t, db, &b), relay(t, db, &b), relay(t, db, &b)}
	var all []contract.Record
	var mu sync.Mutex
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for i := range 30 {
				records := some(t, 5)
				add(t, db, records...)
				if i%3 != 0 { // every third process dies before it offers
					relays[(w+i)%3].Offer(records...)
				}
				mu.Lock()
				all = append(all, records...)
				mu.Unlock()
			}
		})
	}
	eventually(t, "some are published", func() bool { return b.count() > 50 })
	relays[0].stop() // in the middle of it
	b.set(away())
	eventually(t, "the broker is missed", func() bool { return relays[1].Healthy() != nil || relays[2].Healthy() != nil })
	b.set(nil)
	writers.Wait()
	eventually(t, "all are published", func() bool { return b.has(all...) })
	eventually(t, "the outbox is empty", func() bool { return count(t, db) == 0 })
}

func TestStoppingSendsAndRemovesWhatWasOffered(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	var b broker
	r := relay(t, db, &b)
	r.direct(t, &b)
	records := some(t, 100)
	add(t, db, records...)
	r.Offer(records...)
	r.stop()
	if !b.has(records...) || count(t, db) != 0 {
		t.Errorf("published all: %t, left in the table: %d; want all and none", b.has(records...), count(t, db))
	}
}

func TestRelayCountsWhatItDoes(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	registry := prometheus.NewRegistry()
	var b broker
	add(t, db, some(t, 7)...)
	r := outbox.NewRelay(db, b.publish, slog.New(slog.DiscardHandler), outbox.WithMetrics(registry))
	go r.Run(t.Context()) //nolint:errcheck // always nil
	eventually(t, "all are published", func() bool { return count(t, db) == 0 })
	want := `
# HELP outbox_published_total Records that were published.
# TYPE outbox_published_total counter
outbox_published_total 7
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want), "outbox_published_total"); err != nil {
		t.Error(err)
	}
}

// What an order's commit waits for, and how fast records come out at the other
// end.
func BenchmarkRelay(b *testing.B) {
	db := databasetest.New(b, migrations)
	var out broker
	r := relay(b, db, &out)
	r.direct(b, &out)
	before := out.count()
	sent := 0
	for b.Loop() {
		records := some(b, 50)
		add(b, db, records...)
		r.Offer(records...)
		sent += 50
	}
	eventually(b, "all are published", func() bool { return out.count()-before >= sent })
	eventually(b, "the outbox is empty", func() bool { return count(b, db) == 0 })
	b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "records/s")
}
