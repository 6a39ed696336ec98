package repository_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
	"github.com/oms-fleet/oms/product-service/internal/kafka"
	"github.com/oms-fleet/oms/product-service/internal/repository"
)

// redis is a server of the test's own that can be killed, stopped and started.
type redis struct {
	address string
	process *exec.Cmd
}

func startRedis(t testing.TB) *redis {
	t.Helper()
	address, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	r := &redis{address: address}
	r.start(t)
	t.Cleanup(func() { r.signal(t, syscall.SIGCONT); r.kill() })
	return r
}

func (r *redis) start(t testing.TB) {
	t.Helper()
	_, port, err := net.SplitHostPort(r.address)
	if err != nil {
		t.Fatal(err)
	}
	r.process = exec.Command("redis-server", "--port", port, "--save", "", "--appendonly", "no", "--dir", t.TempDir()) // #nosec G204
	r.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}                                           // should we be killed
	if err := r.process.Start(); err != nil {
		t.Fatalf("no redis-server: install Debian's package redis-server: %v", err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		conn, err := net.Dial("tcp", r.address)
		if err == nil {
			conn.Close() //nolint:errcheck // only a trial
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("redis does not start: %v", err)
		}
	}
}

func (r *redis) signal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := r.process.Process.Signal(s); err != nil {
		t.Logf("signal %s: %v", s, err)
	}
}

func (r *redis) kill() {
	r.process.Process.Kill() //nolint:errcheck // it may be dead
	r.process.Wait()         //nolint:errcheck // it was killed
}

// replica is the catalogue on a cache of its own to the same Redis.
func (w *warehouse) replica(t testing.TB, address string) (*repository.Products, *repository.Reservations) {
	t.Helper()
	cache := repository.NewCache(address, "", time.Now)
	t.Cleanup(func() { cache.Close() }) //nolint:errcheck // nothing is lost
	news := repository.News{Record: kafka.EventRecord, Offer: func(...contract.Record) {}, Cache: cache}
	return repository.NewProducts(w.db, news, time.Now), repository.NewReservations(w.db, news)
}

// raceFor is how long reads race against writes while Redis is hurt; the promise
// was also tried with -redis-race=60s.
var raceFor = flag.Duration("redis-race", 8*time.Second, "how long reads race against writes while Redis is hurt")

// Reads race against writes while Redis is killed, paused, started again and cut
// off from who writes or from who reads: none is older than a second.
func TestNoReadIsOlderThanPromisedWhateverBecomesOfRedis(t *testing.T) {
	t.Parallel()
	w, server := open(t), startRedis(t)
	productID := w.stock(t, 0)[0]
	var written sync.Map // amount on hand → when a later one was committed
	var current, reads atomic.Int64
	writers, readers := cable(t, server.address), cable(t, server.address)
	ctx, stop := context.WithTimeout(t.Context(), *raceFor)
	defer stop()
	var all sync.WaitGroup
	all.Go(func() { w.vary(ctx, t, writers.address, productID, &current, &written) })
	for n := range 4 {
		products, _ := w.replica(t, []string{server.address, readers.address}[n%2])
		all.Go(func() {
			for ctx.Err() == nil {
				begun := time.Now()
				p, err := products.Find(t.Context(), productID)
				if err != nil {
					t.Errorf("Find: %v", err)
					return
				}
				reads.Add(1)
				if over, ok := written.Load(int64(p.Stock.OnHand)); ok && begun.Sub(over.(time.Time)) > time.Second {
					t.Errorf("%d on hand was read %s after it was over", p.Stock.OnHand, begun.Sub(over.(time.Time)))
					return
				}
			}
		})
	}
	troubles := []func(){
		func() { writers.cut.Store(true) }, func() { writers.cut.Store(false) },
		func() { server.kill() }, func() { server.start(t) },
		func() { readers.cut.Store(true) }, func() { server.signal(t, syscall.SIGSTOP) },
		func() { server.signal(t, syscall.SIGCONT) }, func() { readers.cut.Store(false) },
	}
	for n := 0; ctx.Err() == nil || n%len(troubles) != 0; n++ { // what was hurt heals
		select {
		case <-time.After(800 * time.Millisecond):
		case <-ctx.Done():
		}
		troubles[n%len(troubles)]()
	}
	all.Wait()
	t.Logf("%d reads while %d writes", reads.Load(), current.Load())
}

// vary counts a product up and looks at once what is read of it.
func (w *warehouse) vary(ctx context.Context, t *testing.T, redis string, productID id.ID, current *atomic.Int64, written *sync.Map) {
	t.Helper()
	products, _ := w.replica(t, redis)
	for ctx.Err() == nil {
		was := current.Load()
		_, err := products.Update(t.Context(), productID, func(p *entity.Product) error {
			return p.Adjust(entity.Count{Delta: new(1), Reason: "delivery"}, edit(t, 1))
		})
		if err != nil {
			t.Errorf("Update: %v", err)
			return
		}
		written.Store(was, time.Now())
		current.Add(1)
		select {
		case <-time.After(time.Duration(was%40) * 10 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func TestWhoWritesReadsItAtEveryReplica(t *testing.T) {
	t.Parallel()
	w, server := open(t), startRedis(t)
	productID := w.stock(t, 100)[0]
	one, orders := w.replica(t, server.address)
	other, _ := w.replica(t, server.address)
	search := entity.Search{Status: entity.Active, Page: page.Query{Limit: 5, By: entity.SortName}}
	for n := range 30 {
		for _, replica := range []*repository.Products{one, other} { // so that it is in the cache
			if _, err := replica.Find(t.Context(), productID); err != nil {
				t.Fatal(err)
			}
			if _, err := replica.Search(t.Context(), search); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := orders.Reserve(t.Context(), []entity.Request{order(t, entity.Want{ProductID: productID, Units: 1})}, noon); err != nil {
			t.Fatal(err)
		}
		for name, replica := range map[string]*repository.Products{"one": one, "other": other} {
			p, err := replica.Find(t.Context(), productID)
			if err != nil || p.Stock.Reserved != n+1 {
				t.Errorf("%s reads %d reserved, %v; want %d", name, p.Stock.Reserved, err, n+1)
			}
			found, err := replica.Search(t.Context(), search)
			if err != nil || found.Items[0].Stock.Reserved != n+1 {
				t.Errorf("%s finds %d reserved, %v; want %d", name, found.Items[0].Stock.Reserved, err, n+1)
			}
		}
	}
}

// BenchmarkFind reads one product of a hundred over and over, from the database
// or from the cache.
func BenchmarkFind(b *testing.B) {
	w, server := open(b), startRedis(b)
	ids := w.stock(b, make([]int, 100)...)
	cached, _ := w.replica(b, server.address)
	for name, products := range map[string]*repository.Products{"database": w.products, "cache": cached} {
		b.Run(name, func(b *testing.B) {
			b.SetParallelism(64)
			b.RunParallel(func(pb *testing.PB) {
				for n := 0; pb.Next(); n++ {
					if _, err := products.Find(b.Context(), ids[n%len(ids)]); err != nil {
						b.Error(fmt.Errorf("find: %w", err))
					}
				}
			})
		})
	}
}
