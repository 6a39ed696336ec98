package controller_test

import (
	"github.com/oms-fleet/oms/common/web/webtest"

	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/kafka/contract"
)

// shown is an order's body with what differs from run to run replaced.
func (s *shop) shown(t *testing.T, a webtest.Answer) string {
	t.Helper()
	orderID, _ := a.Body["orderId"].(string)
	created, _ := a.Body["createdAt"].(string)
	updated, _ := a.Body["updatedAt"].(string)
	parse(t, orderID)
	for _, moment := range []string{created, updated} {
		if !strings.HasSuffix(moment, "Z") || len(moment) != len("2026-01-02T03:04:05.678Z") {
			t.Errorf("%q is no time in UTC with milliseconds", moment)
		}
	}
	text := strings.ReplaceAll(a.Raw, orderID, "ORDER")
	text = strings.ReplaceAll(text, s.guests[ada].UserID.String(), "ADA")
	return strings.TrimSpace(strings.NewReplacer(created, "THEN", updated, "NOW").Replace(text))
}

func TestOrderIsAnsweredAsPlaced(t *testing.T) {
	t.Parallel()
	s := open(t)
	got := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart)
	want := `{"orderId":"ORDER","status":"NEW","reason":null,"clientId":"ADA","clientName":"Ada Lovelace","address":"1 Main Street",` +
		`"fulfilment":"PARTIAL","quoteId":null,"totalPrice":null,"createdAt":"THEN","updatedAt":"THEN","products":[` +
		`{"id":"` + lamp + `","name":null,"imageUrl":null,"purchasedQuantity":2,"fulfilledQuantity":0,"unitPrice":null,"totalPrice":null},` +
		`{"id":"` + chair + `","name":null,"imageUrl":null,"purchasedQuantity":1,"fulfilledQuantity":0,"unitPrice":null,"totalPrice":null}]}`
	if diff := cmp.Diff(want, s.shown(t, got)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if location, want := got.Header.Get("Location"), "/v1/orders/"+got.Body["orderId"].(string); location != want {
		t.Errorf("Location = %q, want %q", location, want)
	}
	if got.Header.Get("ETag") != `"1"` || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("headers = %v", got.Header)
	}
	for _, name := range []string{"Idempotency-Replayed", "Preference-Applied"} {
		if value, there := got.Header[name]; there {
			t.Errorf("%s = %q, want none", name, value)
		}
	}
	again := s.Must(t, http.StatusOK, ada, "GET", got.Header.Get("Location"), "")
	if again.Raw != got.Raw || again.Header.Get("ETag") != `"1"` {
		t.Errorf("read as %s %s, want %s", again.Header.Get("ETag"), again.Raw, got.Raw)
	}
}

func TestOrderTakesAllItsOptions(t *testing.T) {
	t.Parallel()
	s := open(t)
	quote := "01999e2b-53f4-7b7a-9a55-0d3c6f1e2a99"
	body := `{"products": [{"id": "` + strings.ToUpper(lamp) + `", "quantity": 6000}, {"id": "` + lamp + `", "quantity": 4000}], "address": " 1 Main Street ",
		"fulfilment": "ALL_OR_NOTHING", "quoteId": "` + quote + `", "clientId": "` + s.guests[ada].UserID.String() + `"}`
	got := s.Must(t, http.StatusCreated, admin, "POST", "/v1/orders", body)
	want := `{"orderId":"ORDER","status":"NEW","reason":null,"clientId":"ADA","clientName":null,"address":"1 Main Street",` +
		`"fulfilment":"ALL_OR_NOTHING","quoteId":"` + quote + `","totalPrice":null,"createdAt":"THEN","updatedAt":"THEN","products":[` +
		`{"id":"` + lamp + `","name":null,"imageUrl":null,"purchasedQuantity":10000,"fulfilledQuantity":0,"unitPrice":null,"totalPrice":null}]}`
	if diff := cmp.Diff(want, s.shown(t, got)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	s.Must(t, http.StatusOK, ada, "GET", got.Header.Get("Location"), "")
	s.Refused(t, http.StatusForbidden, "FORBIDDEN", grace, "POST", "/v1/orders", body)
	s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", body)
	nulls := `{"products": [{"id": "` + lamp + `", "quantity": 1}], "address": "x", "quoteId": null, "clientId": null, "fulfilment": null}`
	if got := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", nulls); got.Body["fulfilment"] != "PARTIAL" || got.Body["quoteId"] != nil {
		t.Errorf("nulls are taken as %s", got.Raw)
	}
}

func TestKeyedRequestIsAnsweredAgainByteForByte(t *testing.T) {
	t.Parallel()
	s := open(t)
	key := []string{"Idempotency-Key", "cart-4711"}
	first := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, key...)
	same := strings.ReplaceAll(cart, ": ", ":") // the same request in other bytes
	check := func(when string) {
		t.Helper()
		again := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", same, key...)
		if again.Raw != first.Raw || again.Header.Get("Location") != first.Header.Get("Location") || again.Header.Get("ETag") != `"1"` {
			t.Errorf("%s: %s, want %s", when, again.Raw, first.Raw)
		}
		if got := again.Header.Get("Idempotency-Replayed"); got != "true" {
			t.Errorf("%s: Idempotency-Replayed = %q", when, got)
		}
	}
	check("while it is new")
	s.settle(t, first.Header.Get("Location"), 2)
	check("when it is confirmed")
	s.Must(t, http.StatusOK, ada, "POST", first.Header.Get("Location")+"/cancel", "")
	check("when it is cancelled")

	s.Refused(t, http.StatusUnprocessableEntity, "IDEMPOTENCY_KEY_REUSED", ada, "POST", "/v1/orders", strings.Replace(cart, "2", "3", 1), key...)
	other := s.Must(t, http.StatusCreated, grace, "POST", "/v1/orders", cart, key...)
	if other.Body["orderId"] == first.Body["orderId"] || other.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("another's key gives %s", other.Raw)
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
			got := s.Call(t, ada, "POST", "/v1/orders", cart, "Idempotency-Key", "one")
			mu.Lock()
			defer mu.Unlock()
			if bodies[got.Raw]++; got.Status != http.StatusCreated {
				t.Errorf("answer %d %s, want 201", got.Status, got.Raw)
			}
			if got.Header.Get("Idempotency-Replayed") == "" {
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
		got := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Prefer", "handling=lenient", "Prefer", prefer)
		want := "PARTIAL_CONFIRMED"
		if applied == "" {
			want = "NEW"
		}
		if got.Body["status"] != want || got.Header.Get("Preference-Applied") != applied {
			t.Errorf("Prefer %q: %v, Preference-Applied %q; want %s, %q", prefer, got.Body["status"], got.Header.Get("Preference-Applied"), want, applied)
		}
	}
	got := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Prefer", "wait=5", "Idempotency-Key", "held")
	again := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Prefer", "wait=5", "Idempotency-Key", "held")
	if again.Raw != got.Raw || got.Header.Get("ETag") != `"2"` || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("held again: %s, want %s", again.Raw, got.Raw)
	}
	now := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Idempotency-Key", "held")
	if now.Body["status"] != "NEW" || now.Header.Get("ETag") != `"1"` {
		t.Errorf("not held: %s, want the order as it was placed", now.Raw)
	}
}

func TestOverloadedShopSaysWhenToComeAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.backlog.Set(1001)
	if got := s.Refused(t, http.StatusServiceUnavailable, "OVERLOADED", ada, "POST", "/v1/orders", cart); got.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After = %q, want 1", got.Header.Get("Retry-After"))
	}
}
