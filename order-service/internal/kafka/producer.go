// Package kafka is where orders meet the messages of the saga: it writes the
// requests and events that an order's steps cause, and hands the answers to the
// service.
package kafka

import (
	"fmt"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// Records returns what a step of an order tells others: the event for anyone,
// and for product-service the validation request of a new order or the close of
// one that ends. traceparent continues the trace of the step's cause.
func Records(o *entity.Order, s entity.Step) ([]contract.Record, error) {
	traceparent := traceparentOf(o, s)
	event, err := statusChanged(o, s)
	if err != nil {
		return nil, err
	}
	first, err := contract.NewRecord(event, traceparent)
	if err != nil {
		return nil, err
	}
	records := []contract.Record{first}
	add := func(r contract.Record, err error) error {
		if err == nil {
			records = append(records, r)
		}
		return err
	}
	switch {
	case s.To == entity.New:
		err = add(contract.NewRecord(validationRequest(o), traceparent))
	case s.To == entity.Shipped:
		err = add(contract.NewRecord(closeRequest(o, s, contract.Shipped), traceparent))
	case s.Releases:
		err = add(contract.NewRecord(closeRequest(o, s, contract.Released), traceparent))
	}
	return records, err
}

// traceparentOf makes a W3C trace context of the step's trace. No span of ours
// is recorded; the order stands in for one.
func traceparentOf(o *entity.Order, s entity.Step) string {
	if s.TraceID == "" {
		return ""
	}
	return fmt.Sprintf("00-%s-%x-00", s.TraceID, o.ID[8:])
}

func validationRequest(o *entity.Order) contract.ProductValidationRequest {
	changes := make([]contract.RequestedChange, len(o.Lines))
	for i, l := range o.Lines {
		changes[i] = contract.RequestedChange{ID: l.ProductID, Delta: -l.Purchased}
	}
	request := contract.ProductValidationRequest{
		OrderID: o.ID, IdempotencyKey: o.ID.String(), CorrelationID: o.ID.String(), Products: changes, ClientID: o.ClientID,
		PlacedAt: contract.Time{Time: o.CreatedAt}, Fulfilment: contract.Fulfilment(o.Fulfilment),
	}
	if !o.QuoteID.IsZero() {
		request.QuoteID = &o.QuoteID
	}
	return request
}

func closeRequest(o *entity.Order, s entity.Step, outcome contract.Outcome) contract.ReservationCloseRequest {
	return contract.ReservationCloseRequest{OrderID: o.ID, CorrelationID: o.ID.String(), Outcome: outcome, Reason: optional(s.Reason)}
}

func statusChanged(o *entity.Order, s entity.Step) (contract.OrderStatusChanged, error) {
	eventID, err := id.New()
	if err != nil {
		return contract.OrderStatusChanged{}, err
	}
	return contract.OrderStatusChanged{
		EventID: eventID, OrderID: o.ID, ClientID: o.ClientID, Sequence: s.Sequence,
		From: optional(s.From), To: string(s.To), Reason: optional(s.Reason), TotalPrice: o.Total,
		OccurredAt: contract.Time{Time: s.OccurredAt},
	}, nil
}

// optional writes an empty text as null.
func optional[T ~string](value T) *string {
	if value == "" {
		return nil
	}
	text := string(value)
	return &text
}
