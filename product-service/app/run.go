package app

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/task"
	"github.com/oms-fleet/oms/common/web"
)

// pricePeriod is how late at most a price takes effect in what is shown. Orders
// are charged by the moment they were placed at, to the millisecond.
const pricePeriod = 200 * time.Millisecond

// cleaningPeriod is how often what nobody needs any more is removed.
const cleaningPeriod = 10 * time.Minute

// run serves until ctx ends or a part cannot go on. What requests in flight
// change after that is still told.
func (a *app) run(ctx context.Context, server *web.Server) error {
	return a.relay.Around(ctx, func(ctx context.Context) error { return a.work(ctx, server) })
}

func (a *app) work(ctx context.Context, server *web.Server) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return server.Serve(ctx, a.handler) })
	g.Go(func() error { return a.listen(ctx) })
	every := func(period time.Duration, what string, work func(context.Context) error) {
		g.Go(func() error {
			task.Every(ctx, period, what, a.log, work)
			return nil
		})
	}
	every(pricePeriod, "apply due prices", a.products.ApplyDuePrices)
	every(cleaningPeriod, "delete old quotes", a.quotes.DeleteOld)
	every(cleaningPeriod, "remove orphaned images", a.images.RemoveOrphans)
	return g.Wait()
}

// listener listens to a topic in this service's group for it. Each topic has a
// group of its own, so that one that waits does not hold up the other.
func (a *app) listener(topic string, handle broker.Handler) *broker.Listener {
	return broker.NewListener(broker.ListenerConfig{
		Brokers: a.cfg.Kafka.Brokers, Group: name + "." + topic, Topic: topic, Address: a.cfg.HTTP.Address, Handle: handle,
		DeadLetters: a.publisher, Log: a.log, Metrics: a.metrics,
	})
}

// listen creates the topics that the service uses and hears orders, and who is
// erased. Brokers that are away are waited for.
func (a *app) listen(ctx context.Context) error {
	err := a.cfg.Kafka.EnsureTopics(ctx,
		contract.ValidationRequests, contract.ValidationResponses, contract.ReservationCloses, contract.ProductEvents, contract.UserEvents)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, listener := range a.listeners {
		g.Go(func() error { return listener.Run(ctx) })
	}
	return g.Wait()
}
