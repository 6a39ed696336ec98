//go:build faultpoints

package faults_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/faultpoint"
	"github.com/oms-fleet/oms/fleet/internal/fleettest"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// Up to three processes of a service share its work; they come, leave in order
// and die.
func TestReplicasJoinAndLeaveUnnoticed(t *testing.T) {
	f, l, chance := begin(t)
	for _, service := range []string{"product-service", "order-service", "user-service"} {
		second := f.Join(t, service, "")
		recovers(t, l, "a second "+service+" joined", time.Now())
		third := f.Join(t, service, "")
		recovers(t, l, "a third "+service+" joined", time.Now())
		calm(chance, time.Second)
		second.Leave(t)
		recovers(t, l, "a "+service+" left", time.Now())
		at := time.Now()
		third.Kill()
		recovers(t, l, "kill -9 of a "+service+" whose work another takes over", at)
	}
	end(t, f, l)
}

// A process that sleeps longer than its session has lost its partitions to
// another when it wakes up in the middle of a batch: what it does then is done a
// second time, and what it commits is refused.
func TestZombieOfTwoReplicasIsHarmless(t *testing.T) {
	f, l, _ := begin(t)
	for _, service := range []string{"product-service", "order-service"} {
		other := f.Join(t, service, "")
		clients := l
		if service == "order-service" { // the gateway knows only the one that sleeps
			ring := &ring{transport: &http.Transport{ResponseHeaderTimeout: 2 * time.Second}}
			ring.set(f.Facts().Services[service], other.URL)
			clients = f.LoadVia(t, shop.NewVia(f.Facts().Gateway, ring), perSecond, *seed)
			recovers(t, clients, "an undisturbed moment of two", time.Now())
		}
		at := time.Now()
		f.Signal(t, service, syscall.SIGSTOP)
		t.Cleanup(func() { f.Signal(t, service, syscall.SIGCONT) }) // should the test end here
		takesOver(t, clients, "SIGSTOP of "+service, at)
		time.Sleep(time.Until(at.Add(zombie)))
		f.Signal(t, service, syscall.SIGCONT)
		recovers(t, l, "SIGCONT of "+service, time.Now())
		if clients != l {
			l.Stop() // the promises are for a fleet at rest
			t.Logf("outcome: %s", f.KeepsItsPromises(t, clients, 0))
		}
		other.Leave(t)
	}
	end(t, f, l)
}

// takesOver expects that the work of a process that stands still is done by
// another meanwhile.
func takesOver(t *testing.T, l *fleettest.Load, after string, since time.Time) {
	t.Helper()
	if took := recovers(t, l, after+", another takes over,", since); took > 4*fleettest.Takeover+l.Stalled() {
		t.Errorf("another took over after %s, %s is promised", took, fleettest.Takeover)
	}
}

// One of two processes stands still exactly between two steps, for longer than
// its session: in the middle of a transaction, whose locks hold up nobody for
// long; or with work that is done and not told of, which the other does again.
// Then it wakes up and goes on.
func TestSleepersBetweenTwoStepsHoldNobodyUp(t *testing.T) {
	f, quiet, _ := begin(t)
	quiet.Stop()
	products, orders := f.Join(t, "product-service", ""), f.Join(t, "order-service", "")
	both := &ring{transport: &http.Transport{ResponseHeaderTimeout: 2 * time.Second}}
	both.set(f.Facts().Services["order-service"], orders.URL)
	l := f.LoadVia(t, shop.NewVia(f.Facts().Gateway, both), perSecond, *seed)
	recovers(t, l, "an undisturbed moment of two", time.Now())
	wake := func() { // nobody knows who sleeps
		for _, service := range []string{"user-service", "product-service", "order-service"} {
			f.Signal(t, service, syscall.SIGCONT)
		}
		products.Wake()
		orders.Wake()
	}
	t.Cleanup(wake) // should the test end before
	for _, point := range []string{faultpoint.StockLocked, faultpoint.BeforeAnswers, faultpoint.BeforeCommit, faultpoint.BeforeDelete, faultpoint.BeforeReply} {
		f.ArmStop(t, point)
		f.AwaitReached(t, point)
		at := time.Now()
		takesOver(t, l, "SIGSTOP at "+point, at)
		time.Sleep(time.Until(at.Add(zombie)))
		wake()
		recovers(t, l, "SIGCONT at "+point, time.Now())
	}
	end(t, f, l)
	orders.Leave(t)
	products.Leave(t)
}

// order-service is replaced process by process, as Kubernetes does it, and no
// client notices: two are there at any moment. Nothing that was sent is sent
// again. Balancers know who is ready half a second late, or only go to the next
// when one takes no connections.
func TestRollingRestartFailsNoRequest(t *testing.T) {
	f, quiet, _ := begin(t)
	quiet.Stop()
	for _, way := range []struct {
		name, drain string
		balancer    balancer
	}{
		{"who asks for readiness", "3s", newProber(t, 500*time.Millisecond)},
		{"who notices at the door", "0s", &ring{transport: oneShot(), once: true}},
	} {
		running := []*fleettest.Replica{f.Join(t, "order-service", "", "DRAIN_DELAY="+way.drain), f.Join(t, "order-service", "", "DRAIN_DELAY="+way.drain)}
		way.balancer.set(urls(running)...)
		clients := shop.NewVia(f.Facts().Gateway, way.balancer)
		l := f.LoadVia(t, clients, perSecond, *seed)
		recovers(t, l, "an undisturbed moment of "+way.name, time.Now())
		asked := readers(t, clients)
		for range 4 {
			running = append(running, f.Join(t, "order-service", "", "DRAIN_DELAY="+way.drain))
			way.balancer.set(urls(running)...)
			running[0].Leave(t)
			running = running[1:]
		}
		reads, failed := asked()
		l.Stop()
		if refused, _ := l.Refused(); refused > 0 || failed != nil {
			t.Errorf("for %s %d orders were refused, %d reads failed, such as: %v", way.name, refused, len(failed), errors.Join(failed[:min(len(failed), 3)]...))
		}
		t.Logf("%s placed %d orders and read %d times", way.name, len(l.Accepted()), reads)
		end(t, f, l)
		for _, r := range running {
			r.Leave(t)
		}
	}
}

func urls(of []*fleettest.Replica) (addresses []string) {
	for _, r := range of {
		addresses = append(addresses, r.URL)
	}
	return addresses
}

// readers read an order all the time, so that whoever stops has requests in
// flight, until the function is called that returns how often and what failed.
func readers(t *testing.T, clients *shop.Shop) (stop func() (reads int, failed []error)) {
	t.Helper()
	person, err := clients.NewClient(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	order, err := person.Place(t.Context(), shop.Line{ID: "019b7c1e-0000-7000-8000-00000000beef", Quantity: 1}) // no such product, and none is needed
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var mu sync.Mutex
	reads, failed := 0, []error(nil)
	for range 8 {
		all.Go(func() {
			for ctx.Err() == nil {
				_, err := person.Order(context.WithoutCancel(ctx), order.ID)
				mu.Lock()
				if reads++; err != nil {
					failed = append(failed, err)
				}
				mu.Unlock()
				time.Sleep(10 * time.Millisecond) // four fleets share two cores
			}
		})
	}
	return func() (int, []error) {
		cancel()
		all.Wait()
		return reads, failed
	}
}

// The clocks of two replicas of each service are two seconds apart.
func TestClocksApartKeepEveryPromise(t *testing.T) {
	ahead, err := fleettest.Ahead("product-service", "order-service") // before there is a load: it takes a while
	if err != nil {
		t.Fatal(err)
	}
	f, l, chance := begin(t)
	products := f.Join(t, "product-service", filepath.Join(ahead, "product-service"))
	defer products.Leave(t)
	orders := f.Join(t, "order-service", filepath.Join(ahead, "order-service"))
	defer orders.Leave(t)
	ring := &ring{transport: http.DefaultTransport}
	ring.set(orders.URL) // half of the orders are placed in the future
	future := f.LoadVia(t, shop.NewVia(f.Facts().Gateway, ring), perSecond, *seed)
	recovers(t, future, "an order placed two seconds ahead", time.Now())
	calm(chance, 5*time.Second)
	recovers(t, l, "an order placed in time", time.Now())
	youngOrdersAreLeftAlone(t, f, products)
	l.Stop() // the promises are for a fleet at rest
	t.Logf("outcome: %s", f.KeepsItsPromises(t, future, 0))
	end(t, f, l)
}

// youngOrdersAreLeftAlone has orders wait for their answer for two seconds, in
// which whoever is ahead looks for overdue ones, and expects that it does not
// take them for such.
func youngOrdersAreLeftAlone(t *testing.T, f *fleettest.Fleet, products *fleettest.Replica) {
	t.Helper()
	product, err := f.Admin.Create(t.Context(), "Awaited thing", "1.00", 100)
	if err != nil {
		t.Fatal(err)
	}
	wake := func() {
		f.Signal(t, "product-service", syscall.SIGCONT)
		products.Wake()
	}
	defer wake() // should the test end before
	f.Signal(t, "product-service", syscall.SIGSTOP)
	products.Stand()
	at := time.Now()
	var waiting []string
	for range 5 {
		order, err := f.Admin.Place(t.Context(), shop.Line{ID: product.ID, Quantity: 1})
		if err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, order.ID)
	}
	time.Sleep(time.Until(at.Add(2 * time.Second)))
	wake()
	for _, id := range waiting {
		order, err := f.Admin.Settled(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if old := time.Since(at); order.Status != "CONFIRMED" && old < fleettest.Deadline-2*time.Second {
			t.Errorf("an order that was placed at most %s ago is %s %s", old, order.Status, order.Reason)
		}
	}
}
