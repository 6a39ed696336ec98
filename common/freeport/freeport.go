// Package freeport finds ports for servers that are started later, by tests and
// by fleets of one machine.
package freeport

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

// Ports are taken below those that the system lends to outgoing connections: a
// client that dials one of those while nobody listens may get it as its own, and
// then talks to itself.
const first, count = 20_000, 12_000

// On returns a port of host on which nobody listens, and keeps others who ask
// here from getting it, in this process and in any other, for as long as this
// process lives. That a port was free a moment ago is not enough: when two got
// the same, a broker once took an HTTP request for a gigabyte to come.
func On(host string) (port string, err error) {
	for range 1000 {
		number := first + rand.IntN(count) // #nosec G404 -- not a secret
		port = strconv.Itoa(number)
		if claim(number) && free(net.JoinHostPort(host, port)) {
			return port, nil
		}
	}
	return "", errors.New("no port is free")
}

// Address is On of the loopback interface, as host:port.
func Address() (string, error) {
	const host = "127.0.0.1"
	port, err := On(host)
	return net.JoinHostPort(host, port), err
}

// claim marks a port as given away by its namesake among UDP's. The descriptor is
// a bare one, which nothing closes before the end of the process.
func claim(port int) bool {
	syscall.ForkLock.RLock()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return false
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		syscall.Close(fd) //nolint:errcheck // nothing was claimed
		return false
	}
	return true
}

// free reports whether nobody listens. It does not listen to find out: a process
// that is being started at this moment would hold the port for a while longer.
func free(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err == nil {
		conn.Close() //nolint:errcheck // nothing was said
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}
