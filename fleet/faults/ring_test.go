//go:build faultpoints

package faults_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ring is a transport that knows several order-services, as a load balancer
// does: it takes the next when one does not answer, and that one last for a
// while. A request that was sent is repeated only if it may be.
type ring struct {
	transport http.RoundTripper
	once      bool // nothing that was sent is repeated, even if it may be

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

// another returns a host that was not tried, "" if there is none: in turn, but one
// that has failed of late last.
func (r *ring) another(tried map[string]bool) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next++
	first := r.next % len(r.hosts)
	hosts := slices.Concat(r.hosts[first:], r.hosts[:first])
	hosts = slices.DeleteFunc(hosts, func(host string) bool { return tried[host] })
	if len(hosts) == 0 {
		return ""
	}
	slices.SortStableFunc(hosts, func(a, b string) int { return r.spares(a) - r.spares(b) })
	return hosts[0]
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
	tried := map[string]bool{}
	for host := r.another(tried); host != ""; host = r.another(tried) {
		tried[host] = true
		try := request.Clone(request.Context())
		try.URL.Host = host
		if request.GetBody != nil {
			if try.Body, err = request.GetBody(); err != nil {
				return nil, err
			}
		}
		answer, err = r.transport.RoundTrip(try)
		refused := errors.Is(err, syscall.ECONNREFUSED) // nothing was sent
		again := refused || !r.once && (request.Header.Get("Idempotency-Key") != "" || request.Method == http.MethodGet)
		if err == nil || !again {
			return answer, err
		}
		r.note(host)
	}
	return nil, err
}

// balancer is a transport between clients and the order-services that it is told
// of.
type balancer interface {
	http.RoundTripper
	set(addresses ...string)
}

// oneShot has a connection for each request, so that none is repeated behind our
// back.
func oneShot() *http.Transport { return &http.Transport{DisableKeepAlives: true} }

// prober asks order-services now and then whether they are ready, as Kubernetes
// does, and sends each request to one that was, once.
type prober struct {
	transport http.RoundTripper

	mu           sync.Mutex
	hosts, ready []string
	next         int
}

// newProber returns one that probes so often until the test's end.
func newProber(t *testing.T, every time.Duration) *prober {
	t.Helper()
	p := &prober{transport: oneShot()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ticker := time.NewTicker(every); ; p.probe(t.Context()) {
			select {
			case <-ticker.C:
			case <-t.Context().Done():
				ticker.Stop()
				return
			}
		}
	}()
	t.Cleanup(func() { <-done })
	return p
}

// set tells the order-services that there are. New ones are taken for ready, as
// they are in this test.
func (p *prober) set(addresses ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.hosts
	p.hosts = nil
	for _, address := range addresses {
		host := strings.TrimPrefix(address, "http://")
		if p.hosts = append(p.hosts, host); !slices.Contains(known, host) {
			p.ready = append(p.ready, host)
		}
	}
}

func (p *prober) probe(ctx context.Context) {
	p.mu.Lock()
	hosts := slices.Clone(p.hosts)
	p.mu.Unlock()
	ready := slices.DeleteFunc(hosts, func(host string) bool { return !isReady(ctx, host) })
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready = ready
}

func isReady(ctx context.Context, host string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+host+"/readyz", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	return err == nil && answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}

func (p *prober) RoundTrip(request *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(request.URL.Path, "/v1/orders") {
		return http.DefaultTransport.RoundTrip(request)
	}
	p.mu.Lock()
	if len(p.ready) == 0 {
		p.mu.Unlock()
		return nil, errors.New("no order-service is ready")
	}
	p.next++
	host := p.ready[p.next%len(p.ready)]
	p.mu.Unlock()
	once := request.Clone(request.Context())
	once.URL.Host = host
	return p.transport.RoundTrip(once)
}
