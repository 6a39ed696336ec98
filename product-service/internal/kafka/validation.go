// Package kafka is how product-service hears of orders and tells others what
// happened: it translates between messages and the service's words.
package kafka

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/faultpoint"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type reserver interface {
	Reserve(ctx context.Context, requests []entity.Request) ([]entity.Answer, error)
}

type publisher interface {
	Publish(ctx context.Context, records ...contract.Record) error
}

// ProductValidationListener reserves what orders ask for and answers them.
type ProductValidationListener struct {
	reservations reserver
	answers      publisher
}

// NewProductValidationListener returns a listener that reserves by reservations
// and answers by answers.
func NewProductValidationListener(reservations reserver, answers publisher) *ProductValidationListener {
	return &ProductValidationListener{reservations: reservations, answers: answers}
}

// Handle reserves for a batch of requests in one go and then publishes all
// answers. It needs no outbox: when it dies between the two the batch comes
// again, and the reservations give the same answers.
func (l *ProductValidationListener) Handle(ctx context.Context, batch []*broker.Message) error {
	asked := make([]asked, 0, len(batch))
	requests := make([]entity.Request, 0, len(batch))
	for _, m := range batch {
		request, err := contract.DecodeValidationRequest(m.Value)
		if err != nil {
			m.Bury(err)
			continue
		}
		asked = append(asked, ask(m, request))
		requests = append(requests, requestOf(request, m.Time))
	}
	answers, err := l.reservations.Reserve(ctx, requests)
	if err != nil {
		return err
	}
	records := make([]contract.Record, len(answers))
	for i, answer := range answers {
		if records[i], err = asked[i].record(answer); err != nil {
			return err
		}
	}
	faultpoint.Reach(faultpoint.BeforeAnswers)
	return l.answers.Publish(ctx, records...)
}

// asked is what an answer repeats of its request.
type asked struct {
	correlationID string
	traceparent   string
}

func ask(m *broker.Message, r contract.ProductValidationRequest) asked {
	return asked{correlationID: r.CorrelationID, traceparent: m.Traceparent}
}

func (a asked) record(answer entity.Answer) (contract.Record, error) {
	response := contract.ProductValidationResponse{
		OrderID:       answer.OrderID,
		CorrelationID: a.correlationID,
		Result:        contract.Result(answer.Result),
		Products:      make([]contract.ValidatedProduct, len(answer.Lines)),
	}
	if answer.Reason != "" {
		response.Reason = new(string(answer.Reason))
	}
	for i, line := range answer.Lines {
		response.Products[i] = contract.ValidatedProduct{
			ProductID: line.ProductID, ProductName: line.Name, ProductImageURL: line.ImageURL,
			RequestedQuantity: line.Requested, DeductedQuantity: line.Taken, UnitPrice: line.UnitPrice,
		}
	}
	return contract.NewRecord(response, a.traceparent)
}

// maxKey is how much of an idempotency key is kept; orders' own are no longer.
const maxKey = 128

// requestOf translates a request. One of the original system does not tell when
// its order was placed: then it was when the message was sent.
func requestOf(r contract.ProductValidationRequest, sent time.Time) entity.Request {
	wants := make([]entity.Want, len(r.Products))
	for i, p := range r.Products {
		wants[i] = entity.Want{ProductID: p.ID, Units: -p.Delta}
	}
	placed := r.PlacedAt.UTC()
	if r.PlacedAt.IsZero() {
		placed = sent.UTC()
	}
	return entity.Request{
		OrderID: r.OrderID, ClientID: r.ClientID, QuoteID: given(r.QuoteID), Key: first(maxKey, r.IdempotencyKey),
		PlacedAt: placed, AllOrNothing: r.Fulfilment == contract.AllOrNothing, Wants: entity.AddUp(wants),
	}
}

// given returns the value of a field that may be absent, zero if it is.
func given[T any](value *T) (v T) {
	if value != nil {
		v = *value
	}
	return v
}

// first returns at most n characters of text.
func first(n int, text string) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}
