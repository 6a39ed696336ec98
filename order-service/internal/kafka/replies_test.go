package kafka_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/kafka"
)

// desk settles answers as it is told to, and keeps them.
type desk struct {
	answers []entity.Answer
	misfits map[int]error // by place in the batch
	late    int
	broken  error
}

func (d *desk) Settle(_ context.Context, answers []entity.Answer) ([]error, int, error) {
	d.answers = answers
	if d.broken != nil {
		return nil, 0, d.broken
	}
	misfits := make([]error, len(answers))
	for i, err := range d.misfits {
		misfits[i] = err
	}
	return misfits, d.late, nil
}

const (
	order   = "019b7ca9-8f2e-7000-8000-0000000000d1"
	product = "01999e2b-53f4-7b7a-9a55-0d3c6f1e2a10"
	full    = `{"orderId": "` + order + `", "correlationId": "x", "result": "FULL", "reason": null, "unheard": "of", "products": [
		{"productId": "` + product + `", "productName": "Lamp", "productImageUrl": "/lamp", "requestedQuantity": 2, "deductedQuantity": 2, "unitPrice": 19.90}]}`
	none = `{"orderId": "` + order + `", "result": "NONE", "reason": "OUT_OF_STOCK", "products": [
		{"productId": "` + product + `", "productName": null, "productImageUrl": null, "requestedQuantity": 2, "deductedQuantity": 0, "unitPrice": null}]}`
)

func batch(values ...string) []*broker.Message {
	messages := make([]*broker.Message, len(values))
	for i, value := range values {
		messages[i] = &broker.Message{Value: []byte(value), Traceparent: "00-" + trace + "-b7ad6b7169203331-01"}
	}
	return messages
}

// buried tells which messages were given to Bury. The verdict is the broker's own;
// that it becomes a dead letter is tested there and in package app.
func buried(messages []*broker.Message) []bool {
	verdicts := make([]bool, len(messages))
	for i, m := range messages {
		verdicts[i] = !reflect.ValueOf(m).Elem().FieldByName("fault").IsNil()
	}
	return verdicts
}

func TestAnswersAreReadAndSettledTogether(t *testing.T) {
	t.Parallel()
	d := &desk{}
	messages := batch(full, none)
	messages[1].Traceparent = "nonsense"
	if err := kafka.ProductValidationReplyHandler(d, prometheus.NewRegistry())(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
	name, image, price := "Lamp", "/lamp", money.Amount(1990)
	want := []entity.Answer{
		{OrderID: parse(t, order), Result: entity.Full, TraceID: trace, Lines: []entity.AnsweredLine{
			{ProductID: parse(t, product), Name: &name, ImageURL: &image, Requested: 2, Taken: 2, UnitPrice: &price},
		}},
		{OrderID: parse(t, order), Result: entity.Nothing, Reason: entity.OutOfStock, Lines: []entity.AnsweredLine{
			{ProductID: parse(t, product), Requested: 2},
		}},
	}
	if diff := cmp.Diff(want, d.answers); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if got := buried(messages); slices.Contains(got, true) {
		t.Errorf("buried: %t, want none", got)
	}
}

func TestWhatIsToBlameIsBuriedAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	d := &desk{misfits: map[int]error{1: fault.NotFoundf("unknown order")}}
	messages := batch("nonsense", full, `{"orderId": 7}`, none, `{"orderId": "`+order+`", "result": "SOME"}`, `{"result": "FULL"}`)
	if err := kafka.ProductValidationReplyHandler(d, prometheus.NewRegistry())(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
	if len(d.answers) != 2 || d.answers[0].Result != entity.Full || d.answers[1].Result != entity.Nothing {
		t.Errorf("settled %+v, want the two that are readable", d.answers)
	}
	want := []bool{true, false, true, true, true, true}
	if diff := cmp.Diff(want, buried(messages)); diff != "" {
		t.Errorf("buried (-want +got):\n%s", diff)
	}
}

func TestOurOwnFailureBuriesNoAnswer(t *testing.T) {
	t.Parallel()
	d := &desk{broken: fault.Unavailablef(nil, "away"), misfits: map[int]error{0: errors.New("forgotten")}}
	messages := batch(full)
	if err := kafka.ProductValidationReplyHandler(d, prometheus.NewRegistry())(t.Context(), messages); !errors.Is(err, d.broken) {
		t.Errorf("the handler fails with %v, want the service's failure", err)
	}
	if got := buried(messages); got[0] {
		t.Error("the answer is buried")
	}
}

func TestUnreadableBatchAsksForNothing(t *testing.T) {
	t.Parallel()
	d := &desk{broken: errors.New("must not be asked")}
	if err := kafka.ProductValidationReplyHandler(d, prometheus.NewRegistry())(t.Context(), batch("", "[]")); err != nil {
		t.Errorf("the handler fails with %v", err)
	}
}

func TestLateAnswersAreCounted(t *testing.T) {
	t.Parallel()
	d, metrics := &desk{late: 2}, prometheus.NewRegistry()
	handle := kafka.ProductValidationReplyHandler(d, metrics)
	for range 2 {
		if err := handle(t.Context(), batch(full, full, none)); err != nil {
			t.Fatal(err)
		}
	}
	found, err := metrics.Gather()
	if err != nil || len(found) != 1 || found[0].GetName() != "order_late_answers_total" || found[0].GetMetric()[0].GetCounter().GetValue() != 4 {
		t.Errorf("metrics = %v, %v; want 4 late answers", found, err)
	}
}
