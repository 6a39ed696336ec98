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

// topics returns what is known of the topics, mostly without asking a broker.
func (c *cluster) topics(ctx context.Context, via *kafka.Transport, names ...string) ([]metadata.ResponseTopic, error) {
	answer, err := via.RoundTrip(ctx, c.address, &metadata.Request{TopicNames: names})
	if err != nil {
		return nil, err
	}
	return answer.(*metadata.Response).Topics, nil
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
