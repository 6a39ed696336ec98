package outbox

import (
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/oms-fleet/oms/common/database"
)

// countLimit bounds the rows that are counted: more than that is a heap.
const countLimit = 10_000

type metrics struct {
	pending             prometheus.Gauge
	published, failures prometheus.Counter
}

func newMetrics() metrics {
	return metrics{
		pending: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "outbox_pending_records", Help: "Rows in the outbox, counted up to 10000; a row holds the records of a transaction.",
		}),
		published: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "outbox_published_total", Help: "Records that were published.",
		}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "outbox_publish_failures_total", Help: "Attempts to publish that failed.",
		}),
	}
}

func (m metrics) register(registry prometheus.Registerer) {
	for _, collector := range []prometheus.Collector{m.pending, m.published, m.failures} {
		registry.Register(collector) //nolint:errcheck // another relay's metrics are there already
	}
}

// count tells how many records wait, those in flight included.
func (r *Relay) count(ctx context.Context) error {
	var n int
	err := r.db.GetContext(ctx, &n, "SELECT COUNT(*) FROM (SELECT 1 FROM outbox LIMIT ?) AS waiting", countLimit)
	if err != nil {
		return fmt.Errorf("count the outbox: %w", database.Wrap(err))
	}
	r.metrics.pending.Set(float64(n))
	return nil
}
