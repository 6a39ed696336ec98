// Package gateway is the one address of a fleet on one machine: a reverse proxy
// that sends each path to the service that has it and hides all others. In
// containers nginx has its place.
package gateway

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
)

const (
	// A service says within this time what it will answer, longer than it may
	// hold an order back on request (10 s).
	answerPatience  = 20 * time.Second
	connectPatience = 2 * time.Second
)

// Gateway answers for the whole fleet.
type Gateway struct {
	table    []route
	services map[string]*httputil.ReverseProxy
	docs     chi.Router
}

// New returns a gateway to services, the base address of each by its name.
func New(services map[string]*url.URL, log *slog.Logger) *Gateway {
	g := &Gateway{table: routes(), services: map[string]*httputil.ReverseProxy{}, docs: documentation()}
	transport, lent := newTransport(), &buffers{}
	for name, base := range services {
		g.services[name] = &httputil.ReverseProxy{
			Transport:    transport,
			BufferPool:   lent,
			Rewrite:      func(p *httputil.ProxyRequest) { rewrite(p, base) },
			ErrorHandler: unavailable,
			ErrorLog:     slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		}
	}
	return g
}

// ServeHTTP answers a request or has the right service answer it.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	identify(r)
	if service, ok := find(g.table, r); ok {
		g.forward(w, r, service)
		return
	}
	if service, ok := document(r.URL.Path); ok {
		g.forward(w, r, service)
		return
	}
	g.docs.ServeHTTP(w, r)
}

func (g *Gateway) forward(w http.ResponseWriter, r *http.Request, service string) {
	body := &clientBody{ReadCloser: r.Body}
	if r.ContentLength != 0 { // else there is none, and the transport may ask twice
		r.Body = body
	}
	g.services[service].ServeHTTP(w, r.WithContext(withAsked(r.Context(), asked{path: r.URL.EscapedPath(), body: body})))
}

// rewrite makes the request to the service: the same, told who asked and where.
// What the client says of X-Forwarded-… is not believed.
func rewrite(p *httputil.ProxyRequest, base *url.URL) {
	p.Out.URL.Scheme, p.Out.URL.Host = base.Scheme, base.Host
	p.Out.URL.RawQuery = p.In.URL.RawQuery // unreadable queries too: the service judges them
	if _, ok := document(p.In.URL.Path); ok {
		p.Out.URL.Path, p.Out.URL.RawPath = "/openapi.json", ""
	}
	p.Out.Host = p.In.Host
	p.SetXForwarded()
}

func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: connectPatience}).DialContext,
		MaxIdleConnsPerHost:   2048,             // as many as there are clients at once
		IdleConnTimeout:       60 * time.Second, // before the service closes it (75 s)
		ResponseHeaderTimeout: answerPatience,
		ExpectContinueTimeout: time.Second,
		DisableCompression:    true, // what a client did not ask for is not its to unpack
	}
}

// buffers lends the proxies memory to copy with.
type buffers struct{ pool sync.Pool }

const bufferSize = 32 << 10

// Get lends a buffer.
func (b *buffers) Get() []byte {
	if lent, ok := b.pool.Get().(*[bufferSize]byte); ok {
		return lent[:]
	}
	return make([]byte, bufferSize)
}

// Put takes it back.
func (b *buffers) Put(lent []byte) { b.pool.Put((*[bufferSize]byte)(lent)) }
