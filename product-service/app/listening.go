package app

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
)

// listening is what the listeners have in common.
type listening struct {
	cfg       broker.Config
	address   string // of this process
	publisher *broker.Publisher
	metrics   prometheus.Registerer
	log       *slog.Logger
}

// to returns a listener to a topic in this service's group for it. Each topic
// has a group of its own, so that one that waits does not hold up the other.
func (l listening) to(topic string, handle broker.Handler) *broker.Listener {
	return broker.NewListener(broker.ListenerConfig{
		Brokers: l.cfg.Brokers, Group: name + "." + topic, Topic: topic, Address: l.address, Handle: handle,
		DeadLetters: l.publisher, Log: l.log, Metrics: l.metrics,
	})
}

// all creates the topics that the service uses and listens until ctx ends.
func (l listening) all(ctx context.Context, listeners []*broker.Listener) error {
	err := l.cfg.EnsureTopics(ctx,
		contract.ValidationRequests, contract.ValidationResponses, contract.ReservationCloses, contract.ProductEvents, contract.UserEvents)
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, listener := range listeners {
		g.Go(func() error { return listener.Run(ctx) })
	}
	return g.Wait()
}
