package contract

import (
	"strings"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// sample is a message as it is found in testdata/NAME.json.
type sample struct {
	name    string
	message message
	decode  func(raw []byte) (message, error) // nil where only others read it
}

// samples holds every message there is, those with optional fields both ways.
func samples(t testing.TB) []sample {
	t.Helper()
	return append(sagaSamples(t), eventSamples(t)...)
}

func sagaSamples(t testing.TB) []sample {
	order, lamp, rug := sampleID(t, "a1"), sampleID(t, "b1"), sampleID(t, "b2")
	return []sample{
		{"ProductValidationRequest", ProductValidationRequest{
			OrderID: order, IdempotencyKey: "key-1", CorrelationID: "correlation-1",
			Products: []RequestedChange{{ID: lamp, Delta: -2}, {ID: rug, Delta: -10_000}},
			ClientID: sampleID(t, "c1"), PlacedAt: sampleTime, Fulfilment: AllOrNothing, QuoteID: new(sampleID(t, "d1")),
		}, asMessage(DecodeValidationRequest)},
		{"ProductValidationRequest-bare", ProductValidationRequest{
			OrderID: order, Products: []RequestedChange{{ID: lamp, Delta: -1}}, Fulfilment: Partial,
		}, asMessage(DecodeValidationRequest)},
		{"ProductValidationResponse", ProductValidationResponse{
			OrderID: order, CorrelationID: "correlation-1", Result: ResultPartial,
			Products: []ValidatedProduct{
				{ProductID: lamp, ProductName: new("Lamp"), ProductImageURL: new("/v1/images/lamp"), RequestedQuantity: 2, DeductedQuantity: 1, UnitPrice: new(money.Amount(1990))},
				{ProductID: rug, RequestedQuantity: 3},
			},
		}, asMessage(DecodeValidationResponse)},
		{"ProductValidationResponse-none", ProductValidationResponse{
			OrderID: order, Result: ResultNone, Reason: new("QUOTE_EXPIRED"),
			Products: []ValidatedProduct{{ProductID: lamp, RequestedQuantity: 2}},
		}, asMessage(DecodeValidationResponse)},
		{"ReservationCloseRequest", ReservationCloseRequest{
			OrderID: order, CorrelationID: "correlation-1", Outcome: Released, Reason: new("CLIENT_REQUEST"),
		}, asMessage(DecodeReservationClose)},
		{"ReservationCloseRequest-bare", ReservationCloseRequest{OrderID: order, Outcome: Shipped}, asMessage(DecodeReservationClose)},
	}
}

func eventSamples(t testing.TB) []sample {
	order, lamp, client := sampleID(t, "a1"), sampleID(t, "b1"), sampleID(t, "c1")
	return []sample{
		{"OrderStatusChanged", OrderStatusChanged{
			EventID: sampleID(t, "e2"), OrderID: order, ClientID: client, Sequence: 2, From: new("NEW"), To: "CANCELLED",
			Reason: new("CLIENT_REQUEST"), TotalPrice: new(money.Amount(3980)), OccurredAt: sampleTime,
		}, nil},
		{"OrderStatusChanged-first", OrderStatusChanged{
			EventID: sampleID(t, "e1"), OrderID: order, ClientID: client, Sequence: 1, To: "NEW", OccurredAt: sampleTime,
		}, nil},
		{"PriceChanged", PriceChanged{
			EventID: sampleID(t, "e3"), ProductID: lamp, Price: 1990, PreviousPrice: new(money.Amount(2490)), EffectiveFrom: sampleTime, OccurredAt: sampleTime,
		}, nil},
		{"PriceChanged-first", PriceChanged{
			EventID: sampleID(t, "e3"), ProductID: lamp, Price: 1990, EffectiveFrom: sampleTime, OccurredAt: sampleTime,
		}, nil},
		{"StockLow", StockLow{EventID: sampleID(t, "e4"), ProductID: lamp, Available: 3, Threshold: 5, OccurredAt: sampleTime}, nil},
		{"UserErased", UserErased{EventID: sampleID(t, "e5"), UserID: client, OccurredAt: sampleTime}, asMessage(DecodeUserErased)},
	}
}

var sampleTime = Time{time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)}

func sampleID(t testing.TB, last string) id.ID {
	t.Helper()
	parsed, err := id.Parse("019b7e3a-5b00-7000-8000-" + strings.Repeat("0", 12-len(last)) + last)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func asMessage[M message](decode func([]byte) (M, error)) func([]byte) (message, error) {
	return func(raw []byte) (message, error) { return decode(raw) }
}
