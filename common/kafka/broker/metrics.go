package broker

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
)

// register returns collector, or the equal one that the registry has already:
// listeners and publishers of one process share their metrics.
func register[C prometheus.Collector](registry prometheus.Registerer, collector C) C {
	if registry == nil {
		return collector
	}
	err := registry.Register(collector)
	if known, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if same, ok := known.ExistingCollector.(C); ok {
			return same
		}
	}
	return collector
}

type publisherMetrics struct {
	published, failures *prometheus.CounterVec // by topic
}

func newPublisherMetrics(registry prometheus.Registerer) publisherMetrics {
	topic := []string{"topic"}
	return publisherMetrics{
		published: register(registry, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kafka_records_published_total", Help: "Records that all in-sync replicas acknowledged.",
		}, topic)),
		failures: register(registry, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kafka_publish_failures_total", Help: "Records that were not acknowledged after all attempts.",
		}, topic)),
	}
}

func (m publisherMetrics) failed(messages []kafka.Message) {
	for _, message := range messages {
		m.failures.WithLabelValues(message.Topic).Inc()
	}
}

type listenerMetrics struct {
	handled, deadLetters prometheus.Counter
	batch, seconds       prometheus.Observer
	lag                  prometheus.Gauge
}

func newListenerMetrics(registry prometheus.Registerer, group, topic string) listenerMetrics {
	labels := []string{"group", "topic"}
	handled := register(registry, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kafka_messages_handled_total", Help: "Messages that were handled and committed, dead letters included.",
	}, labels))
	deadLetters := register(registry, prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "kafka_dead_letters_total", Help: "Messages that went to the dead letters.",
	}, labels))
	batch := register(registry, prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "kafka_batch_messages", Help: "Messages in a call of the handler.", Buckets: []float64{1, 2, 5, 10, 20, 50, 100, 200, 500},
	}, labels))
	seconds := register(registry, prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "kafka_handler_seconds", Help: "Duration of a call of the handler.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 16),
	}, labels))
	lag := register(registry, prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "kafka_lag_messages", Help: "Messages not yet handled in the partitions of this process.",
	}, labels))
	return listenerMetrics{
		handled:     handled.WithLabelValues(group, topic),
		deadLetters: deadLetters.WithLabelValues(group, topic),
		batch:       batch.WithLabelValues(group, topic),
		seconds:     seconds.WithLabelValues(group, topic),
		lag:         lag.WithLabelValues(group, topic),
	}
}
