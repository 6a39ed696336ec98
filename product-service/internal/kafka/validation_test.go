package kafka_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
	"github.com/oms-fleet/oms/product-service/internal/kafka"
)

var (
	noon    = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	order   = id.ID{1}
	lamp    = id.ID{2}
	desk    = id.ID{3}
	errDown = errors.New("database down")
)

// shelf answers every order with what it was told to, and remembers the requests.
type shelf struct {
	requests []entity.Request
	answer   entity.Answer
	err      error
}

func (s *shelf) Reserve(_ context.Context, requests []entity.Request) ([]entity.Answer, error) {
	s.requests = append(s.requests, requests...)
	answers := make([]entity.Answer, len(requests))
	for i := range answers {
		answers[i] = s.answer
	}
	return answers, s.err
}

// post keeps what is published.
type post struct {
	records []contract.Record
	err     error
}

func (p *post) Publish(_ context.Context, records ...contract.Record) error {
	p.records = append(p.records, records...)
	return p.err
}

func message(body string) *broker.Message {
	return &broker.Message{Value: []byte(body), Time: noon, Traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
}

func TestRequestIsTranslated(t *testing.T) {
	t.Parallel()
	reserver := &shelf{}
	listener := kafka.NewProductValidationListener(reserver, &post{})
	client := id.ID{9}
	err := listener.Handle(t.Context(), []*broker.Message{
		message(`{"orderId":"` + order.String() + `","products":[{"id":"` + lamp.String() + `","delta":-2},{"id":"` + desk.String() + `","delta":-1},{"id":"` + lamp.String() +
			`","delta":-3}],"clientId":"` + client.String() + `","placedAt":"2026-01-02T03:04:05.678Z","fulfilment":"ALL_OR_NOTHING","idempotencyKey":"` + strings.Repeat("é", 200) + `","more":true}`),
		message(`{"orderId":"` + order.String() + `","products":[{"id":"` + lamp.String() + `","delta":-1}]}`), // as the original sends it
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []entity.Request{
		{
			OrderID: order, ClientID: client, Key: strings.Repeat("é", 128), PlacedAt: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC),
			AllOrNothing: true, Wants: []entity.Want{{ProductID: lamp, Units: 5}, {ProductID: desk, Units: 1}},
		},
		{OrderID: order, PlacedAt: noon, Wants: []entity.Want{{ProductID: lamp, Units: 1}}},
	}
	if diff := cmp.Diff(reserver.requests, want); diff != "" {
		t.Errorf("requests (-got +want):\n%s", diff)
	}
}

func TestAnswerIsTranslated(t *testing.T) {
	t.Parallel()
	name, price := "Lamp", money.Amount(1990)
	reserver := &shelf{answer: entity.Answer{OrderID: order, Result: entity.None, Reason: entity.UnknownProduct, Lines: []entity.Line{
		{ProductID: lamp, Name: &name, Requested: 2, UnitPrice: &price}, {ProductID: desk, Requested: 1},
	}}}
	answers := &post{}
	request := message(`{"orderId":"` + order.String() + `","correlationId":"c-1","products":[{"id":"` + lamp.String() + `","delta":-2}]}`)
	if err := kafka.NewProductValidationListener(reserver, answers).Handle(t.Context(), []*broker.Message{request}); err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(answers.records[0].Body, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(`{"orderId":"`+order.String()+`","correlationId":"c-1","result":"NONE","reason":"UNKNOWN_PRODUCT","products":[
		{"productId":"`+lamp.String()+`","productName":"Lamp","productImageUrl":null,"requestedQuantity":2,"deductedQuantity":0,"unitPrice":19.90},
		{"productId":"`+desk.String()+`","productName":null,"productImageUrl":null,"requestedQuantity":1,"deductedQuantity":0,"unitPrice":null}]}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("answer (-got +want):\n%s", diff)
	}
	if record := answers.records[0]; record.Topic != contract.ValidationResponses || record.Key != order || record.Traceparent != request.Traceparent {
		t.Errorf("record = %+v, want the order's key and the request's trace", record)
	}
}

func TestUnreadableRequestsDoNotHoldUpOthers(t *testing.T) {
	t.Parallel()
	reserver, answers := &shelf{}, &post{}
	err := kafka.NewProductValidationListener(reserver, answers).Handle(t.Context(), []*broker.Message{
		message("nonsense"),
		message(`{"orderId":"` + order.String() + `","products":[{"id":"` + lamp.String() + `","delta":1}]}`),
		message(`{"orderId":"` + order.String() + `","products":[{"id":"` + lamp.String() + `","delta":-1}]}`),
	})
	if err != nil || len(reserver.requests) != 1 || len(answers.records) != 1 {
		t.Errorf("Handle = %v with %d requests and %d answers, want one of each", err, len(reserver.requests), len(answers.records))
	}
}

// Whatever fails, the batch must come again: nothing is answered that is not
// reserved, and nothing is committed that is not answered.
func TestFailuresBringTheBatchBack(t *testing.T) {
	t.Parallel()
	request := message(`{"orderId":"` + order.String() + `","products":[{"id":"` + lamp.String() + `","delta":-1}]}`)
	answers := &post{}
	err := kafka.NewProductValidationListener(&shelf{err: errDown}, answers).Handle(t.Context(), []*broker.Message{request})
	if !errors.Is(err, errDown) || len(answers.records) != 0 {
		t.Errorf("without the database: Handle = %v with %d answers", err, len(answers.records))
	}
	err = kafka.NewProductValidationListener(&shelf{}, &post{err: errDown}).Handle(t.Context(), []*broker.Message{request})
	if !errors.Is(err, errDown) {
		t.Errorf("without the broker: Handle = %v", err)
	}
}

func TestEventsAreTranslated(t *testing.T) {
	t.Parallel()
	previous := money.Amount(2490)
	for _, tt := range []struct {
		event entity.Event
		kind  string
		body  string
	}{
		{entity.PriceChanged{ProductID: lamp, Price: 1990, Previous: &previous, From: noon, At: noon}, "PriceChanged",
			`"price":19.90,"previousPrice":24.90,"effectiveFrom":"2026-05-01T12:00:00.000Z","occurredAt":"2026-05-01T12:00:00.000Z"`},
		{entity.StockLow{ProductID: lamp, Available: 3, Threshold: 5, At: noon}, "StockLow",
			`"available":3,"threshold":5,"occurredAt":"2026-05-01T12:00:00.000Z"`},
	} {
		record, err := kafka.EventRecord(t.Context(), tt.event)
		if err != nil || record.Topic != contract.ProductEvents || record.Type != tt.kind || record.Key != lamp || !strings.Contains(string(record.Body), tt.body) {
			t.Errorf("EventRecord = %s %s %s %v, want %s with %s", record.Topic, record.Type, record.Body, err, tt.kind, tt.body)
		}
	}
}
