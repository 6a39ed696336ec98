package kafka_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/kafka"
)

var update = flag.Bool("update", false, "rewrite golden files")

const trace = "0af7651916cd43dd8448eb211c80319c"

// TestEachStepTellsOthersWhatTheyMustKnow holds the messages of a step against
// testdata: always the event, and for product-service the request or the close.
func TestEachStepTellsOthersWhatTheyMustKnow(t *testing.T) {
	t.Parallel()
	person := func(reason entity.Reason) entity.Cause {
		return entity.Cause{Actor: client(t).String(), Reason: reason, TraceID: trace}
	}
	for name, take := range map[string]func(*entity.Order) error{
		"placed":                  func(*entity.Order) error { return nil },
		"confirmed":               settle(entity.Full, 3, ""),
		"partially-confirmed":     settle(entity.Some, 1, ""),
		"cancelled-by-the-answer": settle(entity.Nothing, 0, entity.UnknownProduct),
		"cancelled-by-a-misfit":   settle(entity.Full, 4, ""),
		"cancelled-by-the-client": func(o *entity.Order) error { return o.Cancel(person(entity.ClientRequest), later) },
		"cancelled-at-its-time": func(o *entity.Order) error {
			return o.Cancel(entity.Cause{Actor: entity.System, Reason: entity.ValidationTimeout}, later)
		},
		"cancelled-when-confirmed": both(settle(entity.Full, 3, ""), func(o *entity.Order) error { return o.Cancel(person(entity.AdminRequest), later) }),
		"shipped":                  both(settle(entity.Full, 3, ""), func(o *entity.Order) error { return o.Ship(person(""), later) }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := place(t, entity.Draft{})
			if err := take(o); err != nil {
				t.Fatal(err)
			}
			golden(t, name, o)
		})
	}
}

func TestRequestCarriesQuoteAndFulfilment(t *testing.T) {
	t.Parallel()
	golden(t, "placed-with-a-quote", place(t, entity.Draft{
		Fulfilment: entity.AllOrNothing, QuoteID: parse(t, "01999e2b-53f4-7b7a-9a55-0d3c6f1e2a99"),
	}))
}

func TestEachMessageHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	o := place(t, entity.Draft{})
	seen := map[id.ID]bool{}
	for range 10 {
		records, err := kafka.Records(o, o.Steps()[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if seen[r.ID] || r.ID.IsZero() {
				t.Errorf("id %s is used again", r.ID)
			}
			seen[r.ID] = true
		}
	}
}

func TestStepOutsideOfATraceContinuesNone(t *testing.T) {
	t.Parallel()
	o := place(t, entity.Draft{})
	step := o.Steps()[0]
	step.TraceID = ""
	records, err := kafka.Records(o, step)
	if err != nil || records[0].Traceparent != "" || records[1].Traceparent != "" {
		t.Errorf("Records = %+v, %v; want no trace context", records, err)
	}
}

var (
	moment = time.Date(2026, time.January, 2, 3, 4, 5, 678e6, time.UTC)
	later  = moment.Add(time.Second)
)

func client(t *testing.T) id.ID { return parse(t, "019b7c1e-0000-7000-8000-00000000c11e") }

// place makes an order of three lamps at a known moment.
func place(t *testing.T, d entity.Draft) *entity.Order {
	t.Helper()
	orderID := id.Floor(moment)
	copy(orderID[6:], []byte{0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0xd1}) // a version 7 id of that moment
	d.ClientID, d.Address = client(t), "1 Main Street"
	d.Lines = []entity.Line{{ProductID: parse(t, "01999e2b-53f4-7b7a-9a55-0d3c6f1e2a10"), Purchased: 3}}
	o, err := entity.Place(orderID, d, entity.Cause{Actor: d.ClientID.String(), TraceID: trace})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func settle(result entity.Result, taken int, reason entity.Reason) func(*entity.Order) error {
	return func(o *entity.Order) error {
		price, line := money.Amount(1990), o.Lines[0]
		o.Settle(entity.Answer{OrderID: o.ID, Result: result, Reason: reason, TraceID: trace, Lines: []entity.AnsweredLine{ //nolint:errcheck // a misfit is wanted, too
			{ProductID: line.ProductID, Requested: line.Purchased, Taken: taken, UnitPrice: &price},
		}}, later)
		return nil
	}
}

func both(first, second func(*entity.Order) error) func(*entity.Order) error {
	return func(o *entity.Order) error {
		if err := first(o); err != nil {
			return err
		}
		return second(o)
	}
}

func parse(t *testing.T, text string) id.ID {
	t.Helper()
	parsed, err := id.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// fresh finds the one value of a body that is never the same.
var fresh = regexp.MustCompile(`"eventId": "[0-9a-f-]{36}"`)

// golden compares the messages of the order's last step with a file of testdata.
func golden(t *testing.T, name string, o *entity.Order) {
	t.Helper()
	steps := o.Steps()
	records, err := kafka.Records(o, steps[len(steps)-1])
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	for _, r := range records {
		show(t, &got, r)
	}
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it by: go test ./internal/kafka -update", err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-want +got), rewritten by -update:\n%s", path, diff)
	}
}

func show(t *testing.T, to *bytes.Buffer, r contract.Record) {
	t.Helper()
	var body bytes.Buffer
	if err := json.Indent(&body, r.Body, "", "  "); err != nil {
		t.Fatal(err)
	}
	to.WriteString(r.Type + " to " + r.Topic + "\nkey " + r.Key.String() + "\ntraceparent " + r.Traceparent + "\n")
	to.Write(fresh.ReplaceAll(body.Bytes(), []byte(`"eventId": "…"`)))
	to.WriteString("\n\n")
}
