// Package app is the one place where order-service's parts meet.
package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/internal/catalogue"
	"github.com/oms-fleet/oms/order-service/internal/controller"
	"github.com/oms-fleet/oms/order-service/internal/kafka"
	"github.com/oms-fleet/oms/order-service/internal/repository"
	"github.com/oms-fleet/oms/order-service/internal/service"
	"github.com/oms-fleet/oms/order-service/internal/task"
)

const name = "order-service"

// Service is order-service as a process.
func Service() (process.Service[Config], error) {
	migrations, err := repository.Migrations()
	return process.Service[Config]{Name: name, Prefix: "ORDER", Migrations: migrations, Serve: Run}, err
}

// Run serves orders until ctx ends, then finishes what it holds.
func Run(ctx context.Context, cfg Config, log *slog.Logger) error {
	verifier, err := cfg.Auth.Verifier()
	if err != nil {
		return err
	}
	db, err := open(ctx, cfg.Database, log)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // everything is committed
	metrics := telemetry.NewMetrics()
	publisher := broker.NewPublisher(cfg.Kafka.Brokers, broker.WithMetrics(metrics))
	defer publisher.Close() //nolint:errcheck // everything is acknowledged
	relay := outbox.NewRelay(db, publisher.Publish, log)

	store := repository.NewOrders(db, kafka.Records, relay.Offer)
	backlog, waiters := service.NewBacklog(cfg.MaxUnsettled), service.NewWaiters()
	orders := service.NewOrders(store, backlog, waiters, clock)
	replies := broker.NewListener(broker.ListenerConfig{
		Brokers: cfg.Kafka.Brokers, Group: name, Topic: contract.ValidationResponses, Handle: kafka.ProductValidationReplyHandler(orders, metrics),
		DeadLetters: publisher, Log: log, Metrics: metrics,
	})
	ready := broker.NewCheck(publisher, replies)
	api := web.New(web.Options{
		Title: name, Description: "Takes orders and follows them to their end.", Verifier: verifier, Log: log, Metrics: metrics, Tracing: telemetry.NewTracing(),
		Checks: []web.Check{{Name: "database", Probe: db.PingContext}, {Name: ready.Name(), Probe: ready.Check}},
	})
	tokens := auth.NewTokenSource(cfg.Products.TokenURL, name, cfg.Products.Secret, time.Now)
	products := catalogue.NewProducts(cfg.Products.URL, tokens, func(from, to string) {
		log.WarnContext(ctx, "circuit breaker", "dependency", "product-service", "from", from, "to", to)
	})
	orders.WithQuotes(catalogue.NewQuotes(cfg.Products.URL, tokens))
	controller.Register(api, service.NewNaming(orders, products))

	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return web.Serve(ctx, cfg.Server, api.Handler(), log) })
	g.Go(func() error { return relay.Run(ctx) })
	g.Go(func() error {
		if err := cfg.Kafka.EnsureTopics(ctx, contract.ValidationRequests, contract.ValidationResponses, contract.ReservationCloses, contract.OrderEvents); err != nil {
			return err
		}
		return replies.Run(ctx)
	})
	every := func(period time.Duration, what string, work func(context.Context) error) {
		g.Go(func() error { return task.Every(ctx, period, what, log, work) })
	}
	every(time.Second, "cancel overdue orders", func(ctx context.Context) error {
		_, err := orders.ExpireOverdue(ctx, cfg.ValidationDeadline)
		return err
	})
	every(500*time.Millisecond, "count unsettled orders", func(ctx context.Context) error { return count(ctx, store, backlog) })
	every(100*time.Millisecond, "look for changed orders", func(ctx context.Context) error { return waiters.Look(ctx, store.Versions) })
	return g.Wait()
}

func open(ctx context.Context, cfg database.Config, log *slog.Logger) (*sqlx.DB, error) {
	migrations, err := repository.Migrations()
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := database.Migrate(ctx, db, migrations, log); err != nil {
		db.Close() //nolint:errcheck // the migration's failure is the one to tell
		return nil, fmt.Errorf("order database: %w", err)
	}
	return db, nil
}

// count sets the backlog right from the database.
func count(ctx context.Context, store *repository.Orders, backlog *service.Backlog) error {
	n, err := store.Backlog(ctx)
	if err == nil {
		backlog.Set(n)
	}
	return err
}

// clock tells the time as the fleet keeps it: UTC, to the millisecond.
func clock() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
