package broker

import (
	"context"
	"errors"
	"sync"
	"time"
)

// NewCheck returns a readiness check named "kafka": it fails while no broker
// answers or a listener is not healthy. It may be called as often as one likes;
// the brokers are asked once a second at most.
func NewCheck(publisher *Publisher, listeners ...*Listener) *Check {
	return &Check{cluster: publisher.cluster, listeners: listeners}
}

// Check is a readiness check.
type Check struct {
	cluster   *cluster
	listeners []*Listener

	mu    sync.Mutex
	asked time.Time
	last  error
}

// Name returns "kafka".
func (c *Check) Name() string { return "kafka" }

// Check returns nil when all is well. It answers within a second, or when ctx
// ends.
func (c *Check) Check(ctx context.Context) error {
	var found []error
	for _, l := range c.listeners {
		found = append(found, l.Healthy())
	}
	return errors.Join(append(found, c.brokers(ctx))...)
}

func (c *Check) brokers(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.asked) < time.Second {
		return c.last
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	c.last = c.cluster.ping(ctx)
	c.asked = time.Now()
	return c.last
}
