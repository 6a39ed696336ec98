// Package address decides where each part of the fleet listens: where its
// variable says, at its usual place, or at a free port.
package address

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/oms-fleet/oms/common/freeport"
)

// Want is a place to listen at.
type Want struct {
	Variable string // names it to people, such as FLEET_USER_ADDR
	Address  string // host:port; port 0 takes a free one
}

// Take returns the addresses that were asked for, in their order, with ports in
// place of zeros. All of them were free a moment ago; those that are not are
// told at once, each by its variable.
func Take(wants ...Want) ([]string, error) {
	addresses := make([]string, len(wants))
	var wrong []error
	for i, want := range wants {
		host, port, err := net.SplitHostPort(want.Address)
		switch {
		case err != nil:
			err = fmt.Errorf("%s=%s is not of the form host:port", want.Variable, want.Address)
		case port == "0":
			port, err = freeport.On(host)
		default:
			var listener net.Listener
			if listener, err = want.listen(); err == nil {
				defer listener.Close() //nolint:errcheck // held until all are chosen, so that no two get the same
			}
		}
		addresses[i] = net.JoinHostPort(host, port)
		wrong = append(wrong, err)
	}
	return addresses, errors.Join(wrong...)
}

func (w Want) listen() (net.Listener, error) {
	listener, err := net.Listen("tcp", w.Address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s: %s is taken by another program; give another address, or port 0 for a free one", w.Variable, w.Address)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", w.Variable, err)
	}
	return listener, nil
}

// Reachable is where a client on this machine finds what listens at address.
func Reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// URL is the base address of what speaks HTTP at address.
func URL(address string) string { return "http://" + Reachable(address) }
