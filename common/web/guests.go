package web

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// net/http drops a connection without a word when its first request comes after
// Shutdown has begun. So a server that stops first hears everybody out who is
// connected already: a balancer under load takes some milliseconds from connecting
// to asking.

// hearing is how long a server that stops waits for the first request of who is
// connected; some never ask.
const hearing = time.Second

// glance is how often it looks.
const glance = 5 * time.Millisecond

// guest is a connection that knows whether a request came by it.
type guest struct {
	*net.TCPConn
	heard bool
	extra bool // it came when all places were taken
	leave func()
}

// Close may be called more than once.
func (g *guest) Close() error {
	g.leave()
	return g.TCPConn.Close()
}

type guestKey struct{}

// spare is how many are let in beyond the number that is served, to be told so and
// to ask for health: a service that is full lives.
const spare = 64

// door lets guests in while there are places, the spare ones too; who comes then
// waits outside, where it costs this process nothing.
type door struct {
	*net.TCPListener
	places chan struct{}
	shut   chan struct{}
	close  func() error
}

func newDoor(listener *net.TCPListener, places int) door {
	d := door{TCPListener: listener, places: make(chan struct{}, places+spare), shut: make(chan struct{})}
	d.close = sync.OnceValue(func() error {
		close(d.shut)
		return listener.Close()
	})
	return d
}

// Close refuses who comes from now on. It may be called more than once.
func (d door) Close() error { return d.close() }

// Accept waits for the next guest.
func (d door) Accept() (net.Conn, error) {
	select {
	case d.places <- struct{}{}:
	case <-d.shut:
		return nil, net.ErrClosed
	}
	leave := func() { <-d.places }
	conn, err := d.AcceptTCP()
	if err != nil {
		leave()
		return nil, err
	}
	return &guest{TCPConn: conn, leave: sync.OnceFunc(leave), extra: len(d.places) > cap(d.places)-spare}, nil
}

// follow counts who is new, and who leaves without a request.
func (s *Server) follow(conn net.Conn, state http.ConnState) {
	switch _, ok := conn.(*guest); {
	case ok && state == http.StateNew:
		s.unheard.Add(1)
		s.guests.Add(1)
	case state == http.StateClosed:
		s.cross(conn)
	}
}

// hear notes that a request came, which will be answered.
func (s *Server) hear(r *http.Request) { s.cross(r.Context().Value(guestKey{})) }

// cross takes a guest off the count. One goroutine at a time has a connection.
func (s *Server) cross(conn any) {
	if g, ok := conn.(*guest); ok && !g.heard {
		g.heard = true
		s.unheard.Add(-1)
	}
}

// isExtra reports whether a request came by a connection that is not to be served.
func isExtra(r *http.Request) bool {
	g, ok := r.Context().Value(guestKey{}).(*guest)
	return ok && g.extra
}

// hearAll returns when all who are connected have been heard, or have had the
// time.
func (s *Server) hearAll(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, hearing)
	defer cancel()
	for s.unheard.Load() > 0 && sleep(ctx, glance) {
	}
}

// sleep reports whether ctx let it.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
