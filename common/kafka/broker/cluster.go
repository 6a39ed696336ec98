package broker

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/metadata"
)

const (
	clientID    = "oms"
	dialTimeout = 3 * time.Second

	// Brokers close connections that were idle for ten minutes; ours go first,
	// so that no request meets one that is about to be closed.
	idleTimeout = 5 * time.Minute
)

// cluster is our connection to the brokers. kafka-go remembers for seconds who
// leads a partition, and also that nobody answered; after a failure that memory
// is thrown away with the transport, so that what heals is seen at once.
type cluster struct {
	address   net.Addr
	transport atomic.Pointer[kafka.Transport]
}

func newCluster(brokers []string) *cluster {
	c := &cluster{address: kafka.TCP(brokers...)}
	c.transport.Store(newTransport())
	return c
}

func newTransport() *kafka.Transport {
	return &kafka.Transport{ClientID: clientID, DialTimeout: dialTimeout, IdleTimeout: idleTimeout}
}

// client returns the requests that kafka-go has words for.
func (c *cluster) client() *kafka.Client {
	return &kafka.Client{Addr: c.address, Transport: c.transport.Load()}
}

// renew forgets what was learned through a transport that failed. Many may
// report the same failure; the first report counts.
func (c *cluster) renew(failed *kafka.Transport) {
	if c.transport.CompareAndSwap(failed, newTransport()) {
		failed.CloseIdleConnections()
	}
}

// metadata returns what is known of the topics and the brokers, mostly without
// asking one.
func (c *cluster) metadata(ctx context.Context, via *kafka.Transport, topics ...string) (*metadata.Response, error) {
	answer, err := via.RoundTrip(ctx, c.address, &metadata.Request{TopicNames: topics})
	if err != nil {
		return nil, err
	}
	return answer.(*metadata.Response), nil
}

// ping asks a broker for its versions: the cheapest question there is. A
// connection from before a broker's restart fails once, so it asks twice.
func (c *cluster) ping(ctx context.Context) (err error) {
	for range 2 {
		via := c.transport.Load()
		client := kafka.Client{Addr: c.address, Transport: via}
		if _, err = client.ApiVersions(ctx, &kafka.ApiVersionsRequest{}); err == nil {
			return nil
		}
		c.renew(via)
	}
	return err
}

// close drops the connections.
func (c *cluster) close() { c.transport.Load().CloseIdleConnections() }

// dialer returns a dialer whose connections close when ctx ends.
func dialer(ctx context.Context, name string) *kafka.Dialer {
	return &kafka.Dialer{
		ClientID: name,
		Timeout:  dialTimeout,
		DialFunc: func(dial context.Context, network, address string) (net.Conn, error) {
			return connect(ctx, dial, network, address)
		},
	}
}

// connect returns a connection that closes when ctx ends: a fetch that waits at
// the broker would otherwise hold up every rebalance and every stop.
func connect(ctx, dial context.Context, network, address string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(dial, network, address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() }) //nolint:errcheck // it is of no use any more
	return boundConn{conn, stop}, nil
}

// boundConn forgets its context when it is closed.
type boundConn struct {
	net.Conn
	forget func() bool
}

// Close closes the connection.
func (c boundConn) Close() error {
	c.forget()
	return c.Conn.Close()
}
