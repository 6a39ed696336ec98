package kafka

import (
	"net"
	"sync"
	"time"
)

// lingering is longer than a group waits for its members to come together.
const lingering = 15 * time.Second

// lingerer hands out connections whose end is told late. kfake forgets to watch
// over a member whose connection ends while its join is being answered: such a
// member, a process that was killed twice in a row, would keep its partitions
// for ever. As long as the connection seems to be there the member's session is
// watched, and ends.
type lingerer struct{ net.Listener }

// Accept waits for the next connection.
func (l lingerer) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lingeringConn{Conn: conn, closed: make(chan struct{})}, nil
}

type lingeringConn struct {
	net.Conn
	once   sync.Once
	closed chan struct{}
}

// Read tells the end of the connection late, unless it is our own doing.
func (c *lingeringConn) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	if err != nil {
		late := time.NewTimer(lingering)
		defer late.Stop()
		select {
		case <-late.C:
		case <-c.closed:
		}
	}
	return n, err
}

// Write does not tell that nobody listens any more: Read will.
func (c *lingeringConn) Write(bytes []byte) (int, error) {
	_, _ = c.Conn.Write(bytes)
	return len(bytes), nil
}

// Close ends the connection at once.
func (c *lingeringConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}
