// Package app is the one door of order-service and the one place where its parts
// meet: it assembles the layers, serves, and stops.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/kafka/erasure"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/internal/catalogue"
	"github.com/oms-fleet/oms/order-service/internal/controller"
	"github.com/oms-fleet/oms/order-service/internal/kafka"
	"github.com/oms-fleet/oms/order-service/internal/repository"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

const name = "order-service"

// Service is order-service as its main runs it.
func Service() (process.Service[Config], error) {
	migrations, err := repository.Migrations()
	return process.Service[Config]{Name: name, Prefix: "ORDER", Migrations: migrations, Serve: Run}, err
}

// Run serves orders until ctx ends, then finishes what it holds. It brings the
// schema up to date first. Brokers that are away are waited for; meanwhile orders
// are taken and read.
func Run(ctx context.Context, cfg Config, log *slog.Logger) error {
	server, err := web.Listen(cfg.HTTP, log)
	if err != nil {
		return err
	}
	defer server.Close() //nolint:errcheck // whoever is still connected is dropped
	a, err := assemble(ctx, cfg, log)
	if err != nil {
		return err
	}
	return errors.Join(a.run(ctx, server), a.publisher.Close(), a.db.Close())
}

// app is the service put together.
type app struct {
	cfg       Config
	log       *slog.Logger
	db        *sqlx.DB
	publisher *broker.Publisher
	relay     *outbox.Relay
	replies   *broker.Listener
	erasures  *broker.Listener
	forgetful *service.Forgetting
	store     *repository.Orders
	orders    *service.Orders
	backlog   *service.Backlog
	waiters   *service.Waiters
	handler   http.Handler
}

func assemble(ctx context.Context, cfg Config, log *slog.Logger) (*app, error) {
	verifier, err := cfg.Auth.Verifier()
	if err != nil {
		return nil, err
	}
	db, err := open(ctx, cfg.Database, log)
	if err != nil {
		return nil, err
	}
	metrics := telemetry.NewMetrics()
	a := &app{cfg: cfg, log: log, db: db, backlog: service.NewBacklog(cfg.MaxUnsettled), waiters: service.NewWaiters()}
	a.publisher = broker.NewPublisher(cfg.Kafka.Brokers, broker.WithMetrics(metrics))
	a.relay = outbox.NewRelay(db, a.publisher.Publish, log, outbox.WithMetrics(metrics))
	a.store = repository.NewOrders(db, kafka.Records, a.relay.Offer)
	a.orders = service.NewOrders(a.store, a.backlog, a.waiters, clock)
	a.replies = broker.NewListener(broker.ListenerConfig{
		Brokers: cfg.Kafka.Brokers, Group: name, Topic: contract.ValidationResponses, Address: cfg.HTTP.Address,
		Handle:      kafka.ProductValidationReplyHandler(a.orders, metrics),
		DeadLetters: a.publisher, Log: log, Metrics: metrics,
	})
	a.forgetful = service.NewForgetting(a.store, clock)
	a.erasures = broker.NewListener(broker.ListenerConfig{
		Brokers: cfg.Kafka.Brokers, Group: name + "." + contract.UserEvents, Topic: contract.UserEvents, Address: cfg.HTTP.Address,
		Handle:      erasure.Handler(a.forgetful),
		DeadLetters: a.publisher, Log: log, Metrics: metrics,
	})
	ready := broker.NewCheck(a.publisher, a.replies, a.erasures)
	api := web.New(web.Options{
		Title: name, Description: "Takes orders and follows them to their end.",
		Verifier: verifier, Log: log, Metrics: metrics, Tracing: telemetry.NewTracing(),
		Shed:   controller.Shed(a.backlog.Admit),
		Checks: []web.Check{{Name: "database", Probe: db.PingContext}, {Name: ready.Name(), Probe: ready.Check}},
	})
	tokens := auth.NewTokenSource(cfg.Products.TokenURL, name, cfg.Products.Secret, time.Now)
	products := catalogue.New(cfg.Products.URL, tokens, func(from, to string) {
		log.Warn("circuit breaker", "dependency", "product-service", "from", from, "to", to)
	})
	a.orders.WithQuotes(products)
	controller.Register(api, service.NewNaming(a.orders, products))
	a.handler = api.Handler()
	return a, nil
}

// open connects to the database and brings its schema up to date.
func open(ctx context.Context, cfg database.Config, log *slog.Logger) (*sqlx.DB, error) {
	migrations, err := repository.Migrations()
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, cfg, log)
	if err != nil {
		return nil, fmt.Errorf("open the order database: %w", err)
	}
	if err := database.Migrate(ctx, db, migrations, log); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate the order database: %w", err), db.Close())
	}
	return db, nil
}

// clock tells the time as it is stored: UTC, to the millisecond.
func clock() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
