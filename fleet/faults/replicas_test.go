//go:build faultpoints

package faults_test

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/fleettest"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// Up to three processes of a service share its work; they come, leave in order
// and die.
func TestReplicasJoinAndLeaveUnnoticed(t *testing.T) {
	f, l, chance := begin(t)
	for _, service := range []string{"product-service", "order-service"} {
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
		at := time.Now()
		woken := make(chan struct{})
		go func() { defer close(woken); f.Pause(t, service, 2*zombie) }()
		recovers(t, l, "SIGSTOP of "+service+", another takes over,", at)
		<-woken
		recovers(t, l, "SIGCONT of "+service, time.Now())
		other.Leave(t)
	}
	end(t, f, l)
}

// order-service is replaced process by process, as Kubernetes does it, and no
// client notices: two run at any moment and clients go to the next one when one
// does not take connections any more.
func TestRollingRestartFailsNoRequest(t *testing.T) {
	f, quiet, _ := begin(t)
	ring := &ring{}
	var running []*fleettest.Replica
	for range 2 {
		running = append(running, f.Join(t, "order-service", ""))
	}
	ring.set(running)
	l := f.LoadVia(t, shop.NewVia(f.Facts().Gateway, ring), perSecond, *seed)
	for range 4 {
		running = append(running, f.Join(t, "order-service", ""))
		ring.set(running[1:])
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

// ring is a transport that knows several order-services and takes the next when
// one takes no connections. A request that was sent is repeated only under an
// idempotency key.
type ring struct {
	mu    sync.Mutex
	hosts []string
	next  int
}

func (r *ring) set(replicas []*fleettest.Replica) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hosts = nil
	for _, replica := range replicas {
		if u, err := url.Parse(replica.URL); err == nil {
			r.hosts = append(r.hosts, u.Host)
		}
	}
}

// inTurn returns the hosts, beginning with another one each time.
func (r *ring) inTurn() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next++
	first := r.next % len(r.hosts)
	return slices.Concat(r.hosts[first:], r.hosts[:first])
}

func (r *ring) RoundTrip(request *http.Request) (answer *http.Response, err error) {
	if !strings.HasPrefix(request.URL.Path, "/v1/orders") {
		return http.DefaultTransport.RoundTrip(request)
	}
	for _, host := range r.inTurn() {
		try := request.Clone(request.Context())
		try.URL.Host = host
		if request.GetBody != nil {
			if try.Body, err = request.GetBody(); err != nil {
				return nil, err
			}
		}
		answer, err = http.DefaultTransport.RoundTrip(try)
		again := errors.As(err, new(interface{ Timeout() bool })) || request.Header.Get("Idempotency-Key") != "" || request.Method == http.MethodGet
		if err == nil || !again {
			return answer, err
		}
	}
	return nil, err
}

// The clocks of two replicas of each service are two seconds apart.
func TestClocksApartKeepEveryPromise(t *testing.T) {
	f, l, chance := begin(t)
	for _, service := range []string{"product-service", "order-service"} {
		path, err := f.Programs.Ahead(service)
		if err != nil {
			t.Fatal(err)
		}
		ahead := f.Join(t, service, path)
		defer ahead.Leave(t)
		if service == "order-service" { // half of the orders are placed in the future
			ring := &ring{}
			ring.set([]*fleettest.Replica{ahead})
			future := f.LoadVia(t, shop.NewVia(f.Facts().Gateway, ring), perSecond, *seed)
			recovers(t, future, "an order placed two seconds ahead", time.Now())
			calm(chance, 5*time.Second)
			recovers(t, l, "an order placed in time", time.Now())
			l.Stop() // the promises are for a fleet at rest
			t.Logf("outcome: %s", f.KeepsItsPromises(t, future, 0))
		}
	}
	end(t, f, l)
}
