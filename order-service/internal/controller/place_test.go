package controller_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/kafka/contract"
)

// shown is an order's body with what differs from run to run replaced.
func (s *shop) shown(t *testing.T, a answer) string {
	t.Helper()
	orderID, _ := a.body["orderId"].(string)
	created, _ := a.body["createdAt"].(string)
	updated, _ := a.body["updatedAt"].(string)
	parse(t, orderID)
	for _, moment := range []string{created, updated} {
		if !strings.HasSuffix(moment, "Z") || len(moment) != len("2026-01-02T03:04:05.678Z") {
			t.Errorf("%q is no time in UTC with milliseconds", moment)
		}
	}
	text := strings.ReplaceAll(a.raw, orderID, "ORDER")
	text = strings.ReplaceAll(text, s.guests[ada].UserID.String(), "ADA")
	return strings.TrimSpace(strings.NewReplacer(created, "THEN", updated, "NOW").Replace(text))
}

func TestOrderIsAnsweredAsPlaced(t *testing.T) {
	t.Parallel()
	s := open(t)
	got := s.must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart)
	want := `{"orderId":"ORDER","status":"NEW","reason":null,"clientId":"ADA","clientName":"Ada Lovelace","address":"1 Main Street",` +
		`"fulfilment":"PARTIAL","quoteId":null,"totalPrice":null,"createdAt":"THEN","updatedAt":"THEN","products":[` +
		`{"id":"` + lamp + `","name":null,"imageUrl":null,"purchasedQuantity":2,"fulfilledQuantity":0,"unitPrice":null,"totalPrice":null},` +
		`{"id":"` + chair + `","name":null,"imageUrl":null,"purchasedQuantity":1,"fulfilledQuantity":0,"unitPrice":null,"totalPrice":null}]}`
	if diff := cmp.Diff(want, s.shown(t, got)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if location, want := got.header.Get("Location"), "/v1/orders/"+got.body["orderId"].(string); location != want {
		t.Errorf("Location = %q, want %q", location, want)
	}
	if got.header.Get("ETag") != `"1"` || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("headers = %v", got.header)
	}
	for _, name := range []string{"Idempotency-Replayed", "Preference-Applied"} {
		if value, there := got.header[name]; there {
			t.Errorf("%s = %q, want none", name, value)
		}
	}
	again := s.must(t, http.StatusOK, ada, "GET", got.header.Get("Location"), "")
	if again.raw != got.raw || again.header.Get("ETag") != `"1"` {
		t.Errorf("read as %s %s, want %s", again.header.Get("ETag"), again.raw, got.raw)
	}
}

func TestOrderTakesAllItsOptions(t *testing.T) {
	t.Parallel()
	s := open(t)
	quote := "01999e2b-53f4-7b7a-9a55-0d3c6f1e2a99"
	body := `{"products": [{"id": "` + strings.ToUpper(lamp) + `", "quantity": 6000}, {"id": "` + lamp + `", "quantity": 4000}], "address": " 1 Main Street ",
		"fulfilment": "ALL_OR_NOTHING", "quoteId": "` + quote + `", "clientId": "` + s.guests[ada].UserID.String() + `"}`
	got := s.must(t, http.StatusCreated, admin, "POST", "/v1/orders", body)
	want := `{"orderId":"ORDER","status":"NEW","reason":null,"clientId":"ADA","clientName":null,"address":"1 Main Street",` +
		`"fulfilment":"ALL_OR_NOTHING","quoteId":"` + quote + `","totalPrice":null,"createdAt":"THEN","updatedAt":"THEN","products":[` +
		`{"id":"` + lamp + `","name":null,"imageUrl":null,"purchasedQuantity":10000,"fulfilledQuantity":0,"unitPrice":null,"totalPrice":null}]}`
	if diff := cmp.Diff(want, s.shown(t, got)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	s.must(t, http.StatusOK, ada, "GET", got.header.Get("Location"), "")
	s.refused(t, http.StatusForbidden, "FORBIDDEN", grace, "POST", "/v1/orders", body)
	s.must(t, http.StatusCreated, ada, "POST", "/v1/orders", body)
	nulls := `{"products": [{"id": "` + lamp + `", "quantity": 1}], "address": "x", "quoteId": null, "clientId": null, "fulfilment": null}`
	if got := s.must(t, http.StatusCreated, ada, "POST", "/v1/orders", nulls); got.body["fulfilment"] != "PARTIAL" || got.body["quoteId"] != nil {
		t.Errorf("nulls are taken as %s", got.raw)
	}
}

func TestKeyedRequestIsAnsweredAgainByteForByte(t *testing.T) {
	t.Parallel()
	s := open(t)
	key := []string{"Idempotency-Key", "cart-4711"}
	first := s.must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, key...)
	same := strings.ReplaceAll(cart, ": ", ":") // the same request in other bytes
	check := func(when string) {
		t.Helper()
		again := s.must(t, http.StatusCreated, ada, "POST", "/v1/orders", same, key...)
		if again.raw != first.raw || again.header.Get("Location") != first.header.Get("Location") || again.header.Get("ETag") != `"1"` {
			t.Errorf("%s: %s, want %s", when, again.raw, first.raw)
		}
		if got := again.header.Get("Idempotency-Replayed"); got != "true" {
			t.Errorf("%s: Idempotency-Replayed = %q", when, got)
		}
	}
	check("while it is new")
	s.settle(t, first.header.Get("Location"), 2)
	check("when it is confirmed")
	s.must(t, http.StatusOK, ada, "POST", first.header.Get("Location")+"/cancel", "")
	check("when it is cancelled")

	s.refused(t, http.StatusUnprocessableEntity, "IDEMPOTENCY_KEY_REUSED", ada, "POST", "/v1/orders", strings.Replace(cart, "2", "3", 1), key...)
	other := s.must(t, http.StatusCreated, grace, "POST", "/v1/orders", cart, key...)
	if other.body["orderId"] == first.body["orderId"] || other.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("another's key gives %s", other.raw)
	}
}

func TestParallelRequestsUnderOneKeyPlaceOneOrder(t *testing.T) {
	t.Parallel()
	s := open(t)
	var mu sync.Mutex
	bodies, firsts := map[string]int{}, 0
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			got := s.call(t, ada, "POST", "/v1/orders", cart, "Idempotency-Key", "one")
			mu.Lock()
			defer mu.Unlock()
			if bodies[got.raw]++; got.status != http.StatusCreated {
				t.Errorf("answer %d %s, want 201", got.status, got.raw)
			}
			if got.header.Get("Idempotency-Replayed") == "" {
				firsts++
			}
		})
	}
	all.Wait()
	if len(bodies) != 1 || firsts != 1 || s.backlog.Waiting() != 1 {
		t.Errorf("%d different answers, %d of them first, %d orders wait; want 1 each", len(bodies), firsts, s.backlog.Waiting())
	}
}

func TestPreferenceHoldsTheAnswerForTheOutcome(t *testing.T) {
	t.Parallel()
	s := openWith(t, func(s *shop, records ...contract.Record) {
		for _, r := range records {
			if r.Topic == contract.ValidationRequests { // answered before the placing comes back
				s.settle(t, "/v1/orders/"+r.Key.String(), 2)
			}
		}
	})
	for prefer, applied := range map[string]string{
		"wait=5": "wait=5", `Wait = "10"`: "wait=10", "respond-async, wait=3; note=x": "wait=3", "wait=3600": "wait=10",
		"": "", "wait=0": "", "wait=-1": "", "wait=soon": "", "return=minimal": "", "waiting=3": "",
	} {
		got := s.must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Prefer", "handling=lenient", "Prefer", prefer)
		want := "PARTIAL_CONFIRMED"
		if applied == "" {
			want = "NEW"
		}
		if got.body["status"] != want || got.header.Get("Preference-Applied") != applied {
			t.Errorf("Prefer %q: %v, Preference-Applied %q; want %s, %q", prefer, got.body["status"], got.header.Get("Preference-Applied"), want, applied)
		}
	}
	got := s.must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Prefer", "wait=5", "Idempotency-Key", "held")
	again := s.must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Prefer", "wait=5", "Idempotency-Key", "held")
	if again.raw != got.raw || got.header.Get("ETag") != `"2"` || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("held again: %s, want %s", again.raw, got.raw)
	}
	now := s.must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Idempotency-Key", "held")
	if now.body["status"] != "NEW" || now.header.Get("ETag") != `"1"` {
		t.Errorf("not held: %s, want the order as it was placed", now.raw)
	}
}

func TestOverloadedShopSaysWhenToComeAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.backlog.Set(1001)
	if got := s.refused(t, http.StatusServiceUnavailable, "OVERLOADED", ada, "POST", "/v1/orders", cart); got.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After = %q, want 1", got.header.Get("Retry-After"))
	}
}
