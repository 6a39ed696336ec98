package e2e_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	kafka "github.com/segmentio/kafka-go"

	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/fleet/internal/fleettest"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

func TestPoisonGoesToTheDeadLettersAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "1.00", 50)
	poison := map[string]string{
		"not JSON":     "}{",
		"wrong types":  `{"orderId": 7, "products": "all"}`,
		"no order id":  `{"products": []}`,
		"not an order": `[1, 2, 3]`,
		"empty":        "",
	}
	type sent struct{ topic, key, body string }
	var all []sent
	for _, topic := range fleettest.Commands() {
		for _, body := range poison {
			all = append(all, sent{topic, fresh(t), body})
		}
		all = append(all, sent{topic, fresh(t), fmt.Sprintf(`{"orderId": %q, "filler": %q}`, fresh(t), strings.Repeat("x", contract.MaxBytes))})
	}
	for _, p := range all {
		s.fleet.topics.Publish(t, kafka.Message{Topic: p.topic, Key: []byte(p.key), Value: []byte(p.body)})
		s.place(t, shop.Placing{Lines: lines(lamp, 1)}) // good ones behind it
	}
	for _, p := range all {
		letter := s.fleet.topics.deadLetter(t, p.topic, p.key)
		if string(letter.Value) != p.body {
			t.Errorf("dead letter of %s has other bytes: %.80q", p.topic, letter.Value)
		}
		headers := map[string]string{}
		for _, h := range letter.Headers {
			headers[h.Key] = string(h.Value)
		}
		for _, name := range []string{"dlq-topic", "dlq-partition", "dlq-offset", "dlq-error", "dlq-attempts", "dlq-time"} {
			if headers[name] == "" {
				t.Errorf("dead letter of %s lacks %s: %v", p.topic, name, headers)
			}
		}
	}
	s.check(t)
}

func TestForgedAnswersChangeNoPriceAndNoQuantity(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "10.00", 20)
	settled := s.settled(t, shop.Placing{Lines: lines(lamp, 2)})
	forge := func(orderID string, taken int, price string) string {
		return fmt.Sprintf(`{"orderId": %q, "result": "FULL", "products": [{"productId": %q, "productName": "x", "requestedQuantity": 2,
			"deductedQuantity": %d, "unitPrice": %s}]}`, orderID, lamp, taken, price)
	}
	unknown := fresh(t)
	s.fleet.topics.Publish(t,
		answer(settled.ID, forge(settled.ID, 2, "0.01")),
		answer(unknown, forge(unknown, 2, "0.01")))
	s.fleet.topics.deadLetter(t, contract.ValidationResponses, unknown)
	if got := s.await(t, settled.ID); total(got) != "20.00" {
		t.Errorf("a forged answer changed the total to %s", total(got))
	}
	s.check(t)
}

func TestReleaseThatOvertakesItsRequestLeavesATombstone(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "1.00", 5)
	orderID := fresh(t)
	s.fleet.topics.Publish(t, kafka.Message{Topic: contract.ReservationCloses, Key: []byte(orderID), Value: fmt.Appendf(nil, `{"orderId": %q, "outcome": "RELEASED", "reason": "CLIENT_REQUEST"}`, orderID)})
	s.fleet.topics.Quiet(t)
	s.fleet.topics.Publish(t, kafka.Message{Topic: contract.ValidationRequests, Key: []byte(orderID), Value: fmt.Appendf(nil, `{"orderId": %q, "products": [{"id": %q, "delta": -3}]}`, orderID, lamp)})
	s.fleet.topics.Quiet(t)
	if r, err := s.admin.Reservation(t.Context(), orderID); err != nil || r.State != "RELEASED" {
		t.Errorf("reservation = %+v, %v; want a tombstone", r, err)
	}
	var response struct{ Result, Reason string }
	for _, m := range s.fleet.topics.under(t, contract.ValidationResponses, orderID) {
		s.do(t, json.Unmarshal(m.Value, &response))
	}
	if response.Result != "NONE" || response.Reason != "RELEASED" {
		t.Errorf("answer = %+v, want NONE because RELEASED", response)
	}
	s.check(t)
}

func TestRequestOfTheOriginalSystemIsAnswered(t *testing.T) {
	t.Parallel()
	s := open(t)
	lamp := s.stock(t, "4.00", 5)
	orderID := fresh(t)
	s.fleet.topics.Publish(t, kafka.Message{Topic: contract.ValidationRequests, Key: []byte(orderID), Value: fmt.Appendf(nil,
		`{"orderId": %q, "idempotencyKey": "k", "correlationId": "c", "products": [{"id": %q, "delta": -7}]}`, orderID, lamp)})
	s.fleet.topics.Quiet(t)
	r, err := s.admin.Reservation(t.Context(), orderID)
	if err != nil || r.State != "HELD" || len(r.Products) != 1 || r.Products[0].Taken != 5 || r.Products[0].UnitPrice.String() != "4.00" {
		t.Errorf("reservation = %+v, %v; want 5 units at 4.00", r, err)
	}
}

func TestShipOfNothingIsADeadLetter(t *testing.T) {
	t.Parallel()
	s := open(t)
	orderID := fresh(t)
	s.fleet.topics.Publish(t, kafka.Message{Topic: contract.ReservationCloses, Key: []byte(orderID), Value: fmt.Appendf(nil, `{"orderId": %q, "outcome": "SHIPPED"}`, orderID)})
	s.fleet.topics.deadLetter(t, contract.ReservationCloses, orderID)
}

func TestEveryStepIsAnEvent(t *testing.T) {
	t.Parallel()
	s := open(t)
	order := s.settled(t, shop.Placing{Lines: lines(s.stock(t, "3.00", 5), 2)})
	s.do(t, s.admin.Ship(t.Context(), order.ID))
	s.check(t)
	got := map[int]string{}
	for _, m := range s.fleet.topics.under(t, contract.OrderEvents, order.ID) {
		var event contract.OrderStatusChanged
		s.do(t, json.Unmarshal(m.Value, &event))
		got[event.Sequence] = event.To
	}
	if len(got) != 3 || got[1] != "NEW" || got[2] != "CONFIRMED" || got[3] != "SHIPPED" {
		t.Errorf("events = %v, want NEW, CONFIRMED, SHIPPED", got)
	}
}

func answer(orderID, body string) kafka.Message {
	return kafka.Message{Topic: contract.ValidationResponses, Key: []byte(orderID), Value: []byte(body)}
}
