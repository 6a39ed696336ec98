package kafka_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/product-service/internal/entity"
	"github.com/oms-fleet/oms/product-service/internal/kafka"
)

// door refuses to ship, and remembers what it was asked.
type door struct{ closes []entity.Close }

func (d *door) Close(_ context.Context, closes []entity.Close) ([]error, error) {
	d.closes = append(d.closes, closes...)
	refusals := make([]error, len(closes))
	for i, c := range closes {
		if c.Outcome == entity.Shipped {
			refusals[i] = fault.NotFoundf("nothing to ship")
		}
	}
	return refusals, nil
}

func TestClosesAreTranslatedAndRefusalsCounted(t *testing.T) {
	t.Parallel()
	closer, metrics := &door{}, prometheus.NewRegistry()
	err := kafka.NewReservationCloseListener(closer, metrics).Handle(t.Context(), []*broker.Message{
		message(`{"orderId":"` + order.String() + `","outcome":"RELEASED","reason":"` + strings.Repeat("X", 99) + `"}`),
		message("nonsense"),
		message(`{"orderId":"` + order.String() + `","outcome":"SHIPPED"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []entity.Close{
		{OrderID: order, Outcome: entity.Released, Reason: entity.Reason(strings.Repeat("X", 64))},
		{OrderID: order, Outcome: entity.Shipped},
	}
	if diff := cmp.Diff(closer.closes, want); diff != "" {
		t.Errorf("closes (-got +want):\n%s", diff)
	}
	families, err := metrics.Gather()
	if err != nil || len(families) != 1 || families[0].GetMetric()[0].GetCounter().GetValue() != 1 {
		t.Errorf("metrics = %v, %v; want one refusal counted", families, err)
	}
}
