package fleettest

import (
	"fmt"
	"io"
	"net"
	"path/filepath"
	"sync"
	"time"
)

// Link is a connection's way between a service and a store: a proxy that does harm
// on request. All its methods may be called at any time.
type Link struct {
	listener net.Listener
	store    string
	speak    func(*Link) (requests, answers transfer) // nil: bytes are bytes

	mu      sync.Mutex
	changed chan struct{} // closed when the state below changes
	cut     bool
	stalled bool
	delay   time.Duration
	drops   int // acknowledgements still to be dropped
	conns   map[net.Conn]struct{}
}

// transfer passes on one piece of a conversation.
type transfer func(to io.Writer, from io.Reader) error

// newLink opens a way to store, a host:port or a socket's path.
func newLink(store string, speak func(*Link) (requests, answers transfer)) (*Link, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a link: %w", err)
	}
	l := &Link{listener: listener, store: store, speak: speak, changed: make(chan struct{}), conns: map[net.Conn]struct{}{}}
	go l.accept()
	return l, nil
}

// network is the kind of a store's address.
func network(address string) string {
	if filepath.IsAbs(address) {
		return "unix"
	}
	return "tcp"
}

// Address is where the link is entered, a host:port.
func (l *Link) Address() string { return l.listener.Addr().String() }

// Cut breaks all connections and lets none through.
func (l *Link) Cut() {
	l.set(func() { l.cut = true })
	l.Break()
}

// Break breaks the connections that are open; new ones come through.
func (l *Link) Break() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn := range l.conns {
		conn.Close() //nolint:errcheck // that is the point
	}
}

// Stall holds every byte back, as a network does that lost its way: nobody is
// told.
func (l *Link) Stall() { l.set(func() { l.stalled = true }) }

// Slow delays everything that is said, either way.
func (l *Link) Slow(by time.Duration) { l.set(func() { l.delay = by }) }

// DropAcks has the next n acknowledgements of the broker go astray with their
// connections, after it has stored what they acknowledge.
func (l *Link) DropAcks(n int) { l.set(func() { l.drops = n }) }

// Dropped reports whether all of them went astray.
func (l *Link) Dropped() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.drops == 0
}

// Heal makes the link a good one.
func (l *Link) Heal() { l.set(func() { l.cut, l.stalled, l.delay, l.drops = false, false, 0, 0 }) }

func (l *Link) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	close(l.changed)
	l.changed = make(chan struct{})
}

// close ends the link for good.
func (l *Link) close() {
	l.listener.Close() //nolint:errcheck // nothing is lost
	l.Cut()
}

func (l *Link) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		go l.join(near)
	}
}

// join connects a caller with the store until either hangs up.
func (l *Link) join(near net.Conn) {
	far, err := net.DialTimeout(network(l.store), l.store, 3*time.Second)
	if err != nil {
		near.Close() //nolint:errcheck // the caller sees that nobody is there
		return
	}
	l.mu.Lock()
	if l.cut {
		l.mu.Unlock()
		near.Close() //nolint:errcheck // as above
		far.Close()  //nolint:errcheck // nothing was said
		return
	}
	l.conns[near], l.conns[far] = struct{}{}, struct{}{}
	l.mu.Unlock()
	requests, answers := chunks(), chunks()
	if l.speak != nil {
		requests, answers = l.speak(l)
	}
	var both sync.WaitGroup
	both.Go(func() { l.pass(far, near, requests) })
	both.Go(func() { l.pass(near, far, answers) })
	both.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, near)
	delete(l.conns, far)
}

func (l *Link) pass(to, from net.Conn, next transfer) {
	for next(gate{l, to}, from) == nil {
	}
	to.Close()   //nolint:errcheck // both ways end together
	from.Close() //nolint:errcheck // as above
}

// gate is where bytes wait that are held back.
type gate struct {
	*Link
	to io.Writer
}

// Write passes bytes on when the link lets them.
func (g gate) Write(bytes []byte) (int, error) {
	for {
		g.mu.Lock()
		changed, stalled, delay, cut := g.changed, g.stalled, g.delay, g.cut
		g.mu.Unlock()
		if cut {
			return 0, net.ErrClosed
		}
		if !stalled {
			time.Sleep(delay)
			return g.to.Write(bytes)
		}
		<-changed
	}
}

// chunks returns a transfer of whatever comes.
func chunks() transfer {
	bytes := make([]byte, 32<<10)
	return func(to io.Writer, from io.Reader) error {
		n, err := from.Read(bytes)
		if n > 0 {
			if _, err := to.Write(bytes[:n]); err != nil {
				return err
			}
		}
		return err
	}
}
