// Package kafka is the fleet's own broker: one node, kept in a folder, for one
// machine. It speaks Kafka's protocol, so services do not know the difference.
package kafka

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// shortestSession lets a consumer ask for the session of 3 s after which a
// killed one's partitions are taken over.
const shortestSession = time.Second

// Broker is a running broker.
type Broker struct{ cluster *kfake.Cluster }

// Start serves what folder holds at address, and tells log what goes wrong.
// Topics appear only when they are asked for, never by a mere mention.
func Start(address, folder string, log io.Writer) (*Broker, error) {
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(1),
		kfake.ListenFn(func(network, _ string) (net.Listener, error) { return net.Listen(network, address) }),
		kfake.DataDir(folder),
		kfake.GroupMinSessionTimeout(shortestSession),
		kfake.WithLogger(kfake.BasicLogger(log, kfake.LogLevelError)),
	)
	if err != nil {
		return nil, fmt.Errorf("start the Kafka broker: %w", err)
	}
	return &Broker{cluster: cluster}, nil
}

// Close writes down what it holds and ends the broker.
func (b *Broker) Close() { b.cluster.Close() }

// Await waits until a broker takes connections at address, or until ctx ends.
func Await(ctx context.Context, address string) error {
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
