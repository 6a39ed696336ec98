package kafka

import (
	"context"
	"fmt"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// EventRecord makes the message that tells others of an event. It belongs to the
// trace of ctx.
func EventRecord(ctx context.Context, e entity.Event) (contract.Record, error) {
	eventID, err := id.New()
	if err != nil {
		return contract.Record{}, err
	}
	trace := telemetry.Traceparent(ctx)
	switch e := e.(type) {
	case entity.PriceChanged:
		return contract.NewRecord(contract.PriceChanged{
			EventID: eventID, ProductID: e.ProductID, Price: e.Price, PreviousPrice: e.Previous,
			EffectiveFrom: contract.Time{Time: e.From}, OccurredAt: contract.Time{Time: e.At},
		}, trace)
	case entity.StockLow:
		return contract.NewRecord(contract.StockLow{
			EventID: eventID, ProductID: e.ProductID, Available: e.Available, Threshold: e.Threshold, OccurredAt: contract.Time{Time: e.At},
		}, trace)
	default:
		return contract.Record{}, fmt.Errorf("no message tells of a %T", e)
	}
}
