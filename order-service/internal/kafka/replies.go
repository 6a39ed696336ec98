package kafka

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// settler applies answers to orders.
type settler interface {
	Settle(ctx context.Context, answers []entity.Answer) (misfits []error, late int, err error)
}

// ProductValidationReplyHandler settles the orders that a batch of answers is
// about. An answer that is not readable, or that its order refuses, goes to the
// dead letters; one that comes too late is only counted, in metrics.
func ProductValidationReplyHandler(orders settler, metrics prometheus.Registerer) broker.Handler {
	lates := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "order_late_answers_total", Help: "Answers to orders that were no longer NEW. They change nothing; repeated messages are among them.",
	})
	metrics.MustRegister(lates)
	return func(ctx context.Context, batch []*broker.Message) error {
		answers, messages := readable(ctx, batch)
		if len(answers) == 0 {
			return nil
		}
		misfits, late, err := orders.Settle(ctx, answers)
		if err != nil {
			return err // ours: the batch waits and comes again
		}
		lates.Add(float64(late))
		for i, misfit := range misfits {
			if misfit != nil {
				messages[i].Bury(misfit)
			}
		}
		return nil
	}
}

// readable reads the answers, each beside its message, and buries what is none.
func readable(ctx context.Context, batch []*broker.Message) (answers []entity.Answer, messages []*broker.Message) {
	for _, m := range batch {
		response, err := contract.DecodeValidationResponse(m.Value)
		if err != nil {
			m.Bury(err)
			continue
		}
		trace := telemetry.TraceID(telemetry.WithTraceparent(ctx, m.Traceparent))
		answers, messages = append(answers, answerOf(response, trace)), append(messages, m)
	}
	return answers, messages
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
