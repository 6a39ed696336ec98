//go:build faultpoints

package faults_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

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
		woken := make(chan struct{})
		go func() { defer close(woken); f.Pause(t, service, 2*zombie) }()
		recovers(t, clients, "SIGSTOP of "+service+", another takes over,", at)
		select {
		case <-woken:
			t.Errorf("nobody took over from %s before it woke up", service)
		default:
		}
		<-woken
		recovers(t, l, "SIGCONT of "+service, time.Now())
		if clients != l {
			l.Stop() // the promises are for a fleet at rest
			t.Logf("outcome: %s", f.KeepsItsPromises(t, clients, 0))
		}
		other.Leave(t)
	}
	end(t, f, l)
}

// order-service is replaced process by process, as Kubernetes does it, and no
// client notices: two run at any moment and clients go to the next one when one
// does not take connections any more.
func TestRollingRestartFailsNoRequest(t *testing.T) {
	f, quiet, _ := begin(t)
	ring := &ring{transport: http.DefaultTransport}
	var running []*fleettest.Replica
	for range 2 {
		running = append(running, f.Join(t, "order-service", ""))
	}
	ring.set(running[0].URL, running[1].URL)
	l := f.LoadVia(t, shop.NewVia(f.Facts().Gateway, ring), perSecond, *seed)
	for range 4 {
		running = append(running, f.Join(t, "order-service", ""))
		ring.set(running[1].URL, running[2].URL)
		running[0].Leave(t)
		running = running[1:]
	}
	quiet.Stop()
	l.Stop()
	if refused, _ := l.Refused(); refused > 0 || len(l.Accepted()) == 0 {
		t.Errorf("%d requests failed while order-service was replaced, %d orders were accepted; want none failed", refused, len(l.Accepted()))
	}
	end(t, f, l)
	for _, r := range running {
		r.Leave(t)
	}
}

// The clocks of two replicas of each service are two seconds apart.
func TestClocksApartKeepEveryPromise(t *testing.T) {
	ahead, err := fleettest.Ahead("product-service", "order-service") // before there is a load: it takes a while
	if err != nil {
		t.Fatal(err)
	}
	f, l, chance := begin(t)
	defer f.Join(t, "product-service", filepath.Join(ahead, "product-service")).Leave(t)
	orders := f.Join(t, "order-service", filepath.Join(ahead, "order-service"))
	defer orders.Leave(t)
	ring := &ring{transport: http.DefaultTransport}
	ring.set(orders.URL) // half of the orders are placed in the future
	future := f.LoadVia(t, shop.NewVia(f.Facts().Gateway, ring), perSecond, *seed)
	recovers(t, future, "an order placed two seconds ahead", time.Now())
	calm(chance, 5*time.Second)
	recovers(t, l, "an order placed in time", time.Now())
	l.Stop() // the promises are for a fleet at rest
	t.Logf("outcome: %s", f.KeepsItsPromises(t, future, 0))
	end(t, f, l)
}
