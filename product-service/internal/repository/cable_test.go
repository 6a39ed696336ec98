package repository_test

import (
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// link is a cable to a server. While it is cut nothing comes through, and nobody
// is told: connections stay, as when a switch has died.
type link struct {
	address string
	cut     atomic.Bool
}

// cable lays a cable to a server.
func cable(t testing.TB, server string) *link {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() }) //nolint:errcheck // only ours
	l := &link{address: listener.Addr().String()}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go l.join(near, server)
		}
	}()
	return l
}

func (l *link) join(near net.Conn, server string) {
	far, err := net.Dial("tcp", server)
	if err != nil {
		near.Close() //nolint:errcheck // there is nobody
		return
	}
	go l.carry(near, far)
	l.carry(far, near)
}

// carry passes on what comes, late if the cable was cut meanwhile.
func (l *link) carry(from, to net.Conn) {
	defer from.Close() //nolint:errcheck // broken or done
	defer to.Close()   //nolint:errcheck // broken or done
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		for l.cut.Load() {
			time.Sleep(time.Millisecond)
		}
		if _, failed := to.Write(buffer[:n]); failed != nil || err != nil {
			return
		}
	}
}
