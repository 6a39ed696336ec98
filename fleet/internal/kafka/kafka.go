// Package kafka gives the fleet its brokers: one of its own, within this process
// or in a process of its own, or those that were given. The own one is a single
// node kept in a folder; it speaks Kafka's protocol, so services do not know the
// difference.
package kafka

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// shortestSession lets a consumer ask for the session of 3 s after which a
// killed one's partitions are taken over.
const shortestSession = time.Second

// Server is a Kafka to talk to.
type Server struct {
	address  string
	child    *supervisor.Child // nil unless a process of its own
	embedded *kfake.Cluster    // nil unless within this one
}

// Given are brokers that somebody else runs, as host:port,host:port.
func Given(brokers string) *Server { return &Server{address: brokers} }

// Embed serves what folder holds at address, and tells log what goes wrong.
// Topics appear only when they are asked for, never by a mere mention.
func Embed(address, folder string, log io.Writer) (*Server, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil { // messages hold people's names and addresses
		return nil, fmt.Errorf("make the Kafka broker's folder: %w", err)
	}
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(1),
		kfake.ListenFn(func(network, _ string) (net.Listener, error) {
			listener, err := net.Listen(network, address)
			return lingerer{listener}, err
		}),
		kfake.DataDir(folder),
		kfake.GroupMinSessionTimeout(shortestSession),
		kfake.WithLogger(kfake.BasicLogger(log, kfake.LogLevelError)),
	)
	if err != nil {
		return nil, fmt.Errorf("start the Kafka broker: %w", err)
	}
	return &Server{address: address, embedded: cluster}, nil
}

// Start starts a program that embeds a broker at address and waits until it
// takes connections, or until ctx ends.
func Start(ctx context.Context, s *supervisor.Supervisor, address string, p supervisor.Program) (*Server, error) {
	child, err := s.Start(p)
	if err != nil {
		return nil, err
	}
	if err := await(ctx, address); err != nil {
		child.Stop()
		return nil, err
	}
	child.Settle()
	return &Server{address: address, child: child}, nil
}

func await(ctx context.Context, address string) error {
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the Kafka broker: %w", context.Cause(ctx))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Brokers is where to reach it, as host:port,host:port.
func (s *Server) Brokers() string { return s.address }

// First is one broker, as host:port.
func (s *Server) First() string {
	first, _, _ := strings.Cut(s.address, ",")
	return first
}

// PID is the broker's process, 0 when it has none of its own.
func (s *Server) PID() int {
	if s.child == nil {
		return 0
	}
	return s.child.PID()
}

// Stop has a broker of ours write down what it holds and ends it; given ones are
// left alone.
func (s *Server) Stop() {
	s.child.Stop()
	if s.embedded != nil {
		s.embedded.Close()
	}
}
