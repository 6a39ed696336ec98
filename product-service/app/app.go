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
	"golang.org/x/sync/errgroup"

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
	"github.com/oms-fleet/oms/product-service/internal/task"
)

const name = "product-service"

// pricePeriod is how late at most a price takes effect in what is shown. Orders
// are charged by the moment they were placed at, to the millisecond.
const pricePeriod = 200 * time.Millisecond

// cleaningPeriod is how often what nobody needs any more is removed.
const cleaningPeriod = 10 * time.Minute

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
	verifier, err := cfg.Auth.Verifier()
	if err != nil {
		return err
	}
	server, err := web.Listen(cfg.HTTP, log)
	if err != nil {
		return err
	}
	defer server.Close() //nolint:errcheck // whoever is still connected is dropped
	db, err := open(ctx, cfg.Database, log)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // everything is committed
	metrics := telemetry.NewMetrics()
	publisher := broker.NewPublisher(cfg.Kafka.Brokers, broker.WithMetrics(metrics))
	defer publisher.Close() //nolint:errcheck // everything is acknowledged
	relay := outbox.NewRelay(db, publisher.Publish, log, outbox.WithMetrics(metrics))
	news := repository.News{Record: kafka.EventRecord, Offer: relay.Offer}
	if cfg.Cache.Address != "" {
		news.Cache = repository.NewCache(cfg.Cache.Address, cfg.Cache.Password.Reveal(), clock)
		defer news.Cache.Close() //nolint:errcheck // nothing is lost
	}
	products := service.NewProducts(repository.NewProducts(db, news, clock), clock)
	reservations := service.NewReservations(repository.NewReservations(db, news), clock)
	quotes := service.NewQuotes(repository.NewQuotes(db), cfg.QuoteTTL, clock)
	bucket, err := blobs.Open(ctx, cfg.Blobs.URL, cfg.Blobs.Credentials, clock)
	if err != nil {
		return err
	}
	defer bucket.Close() //nolint:errcheck // everything is written
	images := service.NewImages(products, repository.NewImages(db), bucket, picture.NewStudio(desks))
	if cfg.Demo {
		// Drawing takes a second or two, once: who finds the service ready finds
		// its pictures too.
		if err := errors.Join(products.SeedDemo(ctx), images.SeedDemo(ctx, picture.Draw)); err != nil {
			return fmt.Errorf("add the demo catalogue: %w", err)
		}
	}

	listen := listening{cfg: cfg.Kafka, address: cfg.HTTP.Address, publisher: publisher, metrics: metrics, log: log}
	listeners := []*broker.Listener{
		listen.to(contract.ValidationRequests, kafka.NewProductValidationListener(reservations, publisher).Handle),
		listen.to(contract.ReservationCloses, kafka.NewReservationCloseListener(reservations, metrics).Handle),
		listen.to(contract.UserEvents, erasure.Handler(quotes)),
	}
	handler := routes(controller.Controller{Products: products, Reservations: reservations, Quotes: quotes, Images: images}, web.Options{
		Verifier: verifier, Log: log, Metrics: metrics,
		Checks: []web.Check{{Name: "database", Probe: db.PingContext}, kafkaCheck(publisher, listeners)},
	})

	return relay.Around(ctx, func(ctx context.Context) error {
		g, ctx := errgroup.WithContext(ctx)
		g.Go(func() error { return server.Serve(ctx, handler) })
		g.Go(func() error { return listen.all(ctx, listeners) })
		every := func(period time.Duration, what string, work func(context.Context) error) {
			g.Go(func() error { return task.Every(ctx, period, what, log, work) })
		}
		every(pricePeriod, "apply due prices", products.ApplyDuePrices)
		every(cleaningPeriod, "delete old quotes", quotes.DeleteOld)
		every(cleaningPeriod, "remove orphaned images", images.RemoveOrphans)
		return g.Wait()
	})
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

func kafkaCheck(publisher *broker.Publisher, listeners []*broker.Listener) web.Check {
	check := broker.NewCheck(publisher, listeners...)
	return web.Check{Name: check.Name(), Probe: check.Check}
}

// clock tells the time as it is stored: UTC, to the millisecond.
func clock() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
