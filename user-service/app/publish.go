package app

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
)

// publish makes what brings events to the broker. It connects when there is one
// to send.
func (a *app) publish(cfg Config, metrics *prometheus.Registry, log *slog.Logger) {
	a.publisher = broker.NewPublisher(cfg.Kafka.Brokers, broker.WithMetrics(metrics))
	a.relay = outbox.NewRelay(a.db, a.publisher.Publish, log, outbox.WithMetrics(metrics))
}

// ensureTopic makes the topic of events. Nobody's sign-in waits for a broker:
// while it is away events stay in the database, and what is wrong with it for
// good is only told.
func ensureTopic(ctx context.Context, cfg Config, log *slog.Logger) error {
	if err := cfg.Kafka.EnsureTopics(ctx, contract.UserEvents); err != nil && ctx.Err() == nil {
		log.ErrorContext(ctx, "events stay in the outbox", "error", err)
	}
	return nil
}
