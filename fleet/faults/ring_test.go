//go:build faultpoints

package faults_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ring is a transport that knows several order-services, as a load balancer
// does: it takes the next when one does not answer, and that one last for a
// while. A request that was sent is repeated only if it may be.
type ring struct {
	transport http.RoundTripper

	mu     sync.Mutex
	hosts  []string
	next   int
	failed map[string]time.Time
}

// spared is how long who has failed is asked last.
const spared = 5 * time.Second

// set tells the order-services that there are, as http://host:port.
func (r *ring) set(addresses ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hosts, r.failed = nil, map[string]time.Time{}
	for _, address := range addresses {
		r.hosts = append(r.hosts, strings.TrimPrefix(address, "http://"))
	}
}

// inTurn returns the hosts, beginning with another one each time, and those that
// have failed of late last.
func (r *ring) inTurn() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next++
	first := r.next % len(r.hosts)
	hosts := slices.Concat(r.hosts[first:], r.hosts[:first])
	slices.SortStableFunc(hosts, func(a, b string) int { return r.spares(a) - r.spares(b) })
	return hosts
}

// spares returns 1 for who has failed of late, else 0.
func (r *ring) spares(host string) int {
	if time.Since(r.failed[host]) < spared {
		return 1
	}
	return 0
}

func (r *ring) note(host string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed[host] = time.Now()
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
		answer, err = r.transport.RoundTrip(try)
		refused := errors.Is(err, syscall.ECONNREFUSED) // nothing was sent
		again := refused || request.Header.Get("Idempotency-Key") != "" || request.Method == http.MethodGet
		if err == nil || !again {
			return answer, err
		}
		r.note(host)
	}
	return nil, err
}
