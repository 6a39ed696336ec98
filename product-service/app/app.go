// Package app is the one door of product-service and the one place where all of
// it meets: it assembles the layers, serves, and stops.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/kafka/erasure"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/controller"
	"github.com/oms-fleet/oms/product-service/internal/kafka"
	"github.com/oms-fleet/oms/product-service/internal/picture"
	"github.com/oms-fleet/oms/product-service/internal/repository"
	"github.com/oms-fleet/oms/product-service/internal/repository/blobs"
	"github.com/oms-fleet/oms/product-service/internal/repository/migrations"
	"github.com/oms-fleet/oms/product-service/internal/service"
)

const name = "product-service"

// desks is how many images are worked on at once; each may need some hundred
// megabytes.
const desks = 2

// Service is product-service as its main runs it.
func Service() process.Service[Config] {
	return process.Service[Config]{Name: name, Prefix: "PRODUCT", Migrations: migrations.Files, Serve: Run}
}

// Run serves the catalogue and reserves for orders until ctx is done, then
// finishes what it holds. It brings the schema up to date first. Brokers that
// are away are waited for; meanwhile the catalogue can be read and changed.
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
	return errors.Join(a.run(ctx, server), a.close())
}

// app is the service put together.
type app struct {
	cfg       Config
	log       *slog.Logger
	metrics   *prometheus.Registry
	bucket    *blobs.Store
	db        *sqlx.DB
	cache     *repository.Cache // nil without one
	publisher *broker.Publisher
	relay     *outbox.Relay
	listeners []*broker.Listener
	handler   http.Handler

	products     *service.Products
	reservations *service.Reservations
	quotes       *service.Quotes
	images       *service.Images
}

// assemble opens what the service needs and puts its layers together. When it
// fails it leaves nothing open.
func assemble(ctx context.Context, cfg Config, log *slog.Logger) (*app, error) {
	verifier, err := cfg.Auth.Verifier()
	if err != nil {
		return nil, err
	}
	bucket, err := blobs.Open(ctx, cfg.Blobs.URL, cfg.Blobs.Credentials, clock)
	if err != nil {
		return nil, err
	}
	db, err := open(ctx, cfg.Database, log)
	if err != nil {
		return nil, errors.Join(err, bucket.Close())
	}
	a := &app{cfg: cfg, log: log, metrics: telemetry.NewMetrics(), bucket: bucket, db: db}
	a.publisher = broker.NewPublisher(cfg.Kafka.Brokers, broker.WithMetrics(a.metrics))
	a.relay = outbox.NewRelay(db, a.publisher.Publish, log, outbox.WithMetrics(a.metrics))
	if cfg.Cache.Address != "" {
		a.cache = repository.NewCache(cfg.Cache.Address, cfg.Cache.Password.Reveal(), clock)
	}
	a.wire()
	if err := a.seed(ctx); err != nil {
		return nil, errors.Join(err, a.close())
	}
	a.listeners = []*broker.Listener{
		a.listener(contract.ValidationRequests, kafka.NewProductValidationListener(a.reservations, a.publisher).Handle),
		a.listener(contract.ReservationCloses, kafka.NewReservationCloseListener(a.reservations, a.metrics).Handle),
		a.listener(contract.UserEvents, erasure.Handler(a.quotes)),
	}
	ready := broker.NewCheck(a.publisher, a.listeners...)
	a.handler = routes(controller.Controller{Products: a.products, Reservations: a.reservations, Quotes: a.quotes, Images: a.images}, web.Options{
		Verifier: verifier, Log: log, Metrics: a.metrics,
		Checks: []web.Check{{Name: "database", Probe: db.PingContext}, {Name: ready.Name(), Probe: ready.Check}},
	})
	return a, nil
}

// wire puts the layers below the edges together.
func (a *app) wire() {
	news := repository.News{Record: kafka.EventRecord, Offer: a.relay.Offer, Cache: a.cache}
	a.products = service.NewProducts(repository.NewProducts(a.db, news, clock), clock)
	a.reservations = service.NewReservations(repository.NewReservations(a.db, news), clock)
	a.quotes = service.NewQuotes(repository.NewQuotes(a.db), a.cfg.QuoteTTL, clock)
	a.images = service.NewImages(a.products, repository.NewImages(a.db), a.bucket, picture.NewStudio(desks))
}

// seed adds the demo catalogue if that is asked for. Drawing takes a second or
// two, once: who finds the service ready finds its pictures too.
func (a *app) seed(ctx context.Context) error {
	if !a.cfg.Demo {
		return nil
	}
	if err := errors.Join(a.products.SeedDemo(ctx), a.images.SeedDemo(ctx, picture.Draw)); err != nil {
		return fmt.Errorf("add the demo catalogue: %w", err)
	}
	return nil
}

// close lets go of everything: by then all is written, committed and acknowledged.
func (a *app) close() error {
	err := errors.Join(a.publisher.Close(), a.db.Close(), a.bucket.Close())
	if a.cache != nil {
		err = errors.Join(err, a.cache.Close())
	}
	return err
}

// open connects to the database and brings its schema up to date.
func open(ctx context.Context, cfg database.Config, log *slog.Logger) (*sqlx.DB, error) {
	db, err := database.Open(ctx, cfg, log)
	if err != nil {
		return nil, fmt.Errorf("open the product database: %w", err)
	}
	if err := database.Migrate(ctx, db, migrations.Files, log); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// routes makes the HTTP side.
func routes(c controller.Controller, options web.Options) http.Handler {
	options.Title, options.Description = name, "Products, their prices and stock, and what orders have reserved of it."
	options.Tracing = telemetry.NewTracing()
	api := web.New(options)
	c.Register(api)
	return api.Handler()
}

// clock tells the time as it is stored: UTC, to the millisecond.
func clock() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
