package kafka

import (
	"context"

	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// settler applies answers to orders.
type settler interface {
	Settle(ctx context.Context, answers []entity.Answer) (misfits []error, err error)
}

// ProductValidationReplyHandler settles the orders that a batch of answers is
// about. An answer that is not readable, or that its order refuses, goes to the
// dead letters; the rest goes on.
func ProductValidationReplyHandler(orders settler) broker.Handler {
	return func(ctx context.Context, batch []*broker.Message) error {
		answers := make([]entity.Answer, 0, len(batch))
		messages := make([]*broker.Message, 0, len(batch))
		for _, m := range batch {
			response, err := contract.DecodeValidationResponse(m.Value)
			if err != nil {
				m.Bury(err)
				continue
			}
			trace := telemetry.TraceID(telemetry.WithTraceparent(ctx, m.Traceparent))
			answers, messages = append(answers, answerOf(response, trace)), append(messages, m)
		}
		if len(answers) == 0 {
			return nil
		}
		misfits, err := orders.Settle(ctx, answers)
		if err != nil {
			return err // ours: the batch waits and comes again
		}
		for i, misfit := range misfits {
			if misfit != nil {
				messages[i].Bury(misfit)
			}
		}
		return nil
	}
}

func answerOf(r contract.ProductValidationResponse, trace string) entity.Answer {
	a := entity.Answer{OrderID: r.OrderID, Result: entity.Result(r.Result), TraceID: trace, Lines: make([]entity.AnsweredLine, len(r.Products))}
	if r.Reason != nil {
		a.Reason = entity.Reason(*r.Reason)
	}
	for i, p := range r.Products {
		a.Lines[i] = entity.AnsweredLine{
			ProductID: p.ProductID, Name: p.ProductName, ImageURL: p.ProductImageURL,
			Requested: p.RequestedQuantity, Taken: p.DeductedQuantity, UnitPrice: p.UnitPrice,
		}
	}
	return a
}
