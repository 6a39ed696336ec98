package app

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/task"
	"github.com/oms-fleet/oms/common/web"
)

// run serves until ctx ends or a part cannot go on. Requests in flight may place
// orders after that, whose messages still go out.
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
	every(time.Second, "cancel overdue orders", a.expire)
	every(time.Minute, "forget erased clients", a.forgetful.Again)
	every(500*time.Millisecond, "count unsettled orders", a.count)
	every(100*time.Millisecond, "look for changed orders", a.look)

	return g.Wait()
}

// listen hears product-service's answers, and who is erased. Brokers that are away are waited for.
func (a *app) listen(ctx context.Context) error {
	err := a.cfg.Kafka.EnsureTopics(ctx, contract.ValidationRequests, contract.ValidationResponses, contract.ReservationCloses, contract.OrderEvents, contract.UserEvents)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.replies.Run(ctx) })
	g.Go(func() error { return a.erasures.Run(ctx) })
	return g.Wait()
}

// expire cancels the orders that nobody answered in time.
func (a *app) expire(ctx context.Context) error {
	_, err := a.orders.ExpireOverdue(ctx, a.cfg.ValidationDeadline)
	return err
}

// count sets the backlog right from the database.
func (a *app) count(ctx context.Context) error {
	n, err := a.store.Backlog(ctx)
	if err == nil {
		a.backlog.Set(n)
	}
	return err
}

// look finds what other replicas did to orders that somebody here waits for.
func (a *app) look(ctx context.Context) error { return a.waiters.Look(ctx, a.store.Versions) }
