package app

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

func TestAdjustmentsChangeStockAndAreKept(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, _ := s.create(t, `{"name":"Lamp","price":1,"quantity":5}`)
	adjustments := path + "/stock-adjustments"
	got := s.Must(t, http.StatusCreated, admin, post, adjustments, `{"delta":-2,"reason":"breakage"}`)
	if got.Body["onHand"] != 3.0 || got.Body["quantity"] != 3.0 || got.Body["id"] == nil {
		t.Errorf("product after -2 = %s", got.Raw)
	}
	got = s.Must(t, http.StatusCreated, admin, post, adjustments, `{"quantity":10,"reason":"stock-take"}`)
	if got.Body["onHand"] != 10.0 {
		t.Errorf("product after the stock-take = %s", got.Raw)
	}
	items := s.Must(t, http.StatusOK, admin, get, adjustments, "").Body["items"].([]any)
	type row = map[string]any
	by := id.ID{2}.String()
	want := []any{
		row{"delta": 7.0, "reason": "stock-take", "actor": by, "onHand": 10.0},
		row{"delta": -2.0, "reason": "breakage", "actor": by, "onHand": 3.0},
		row{"delta": 5.0, "reason": "INITIAL", "actor": by, "onHand": 5.0},
	}
	for _, item := range items {
		if r := item.(row); r["id"] == nil || r["createdAt"] == nil {
			t.Errorf("adjustment without id or time: %v", r)
		}
		delete(item.(row), "id")
		delete(item.(row), "createdAt")
	}
	if diff := cmp.Diff(items, want); diff != "" {
		t.Errorf("adjustments (-got +want):\n%s", diff)
	}
}

func TestBadAdjustmentsAreRefused(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":1,"quantity":5}`)
	for body, places := range map[string][]string{
		`{}`:                                    {"body.delta", "body.reason"},
		`{"delta":1}`:                           {"body.reason"},
		`{"delta":0,"reason":"x"}`:              {"body.delta"},
		`{"delta":1,"quantity":1,"reason":"x"}`: {"body.delta"},
		`{"quantity":-1,"reason":"x"}`:          {"body.quantity"},
		`{"delta":1.5,"reason":"x"}`:            {"body.delta"},
		`{"delta":9999999999,"reason":"x"}`:     {"body.delta"},
		`{"delta":1,"reason":"x","actor":"me"}`: {"body.actor"},
		`{"delta":1000000000,"reason":"x"}`:     {"body.delta"},
	} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", admin, post, path+"/stock-adjustments", body).Places()
		slices.Sort(got)
		if diff := cmp.Diff(slices.Compact(got), places); diff != "" {
			t.Errorf("mistakes of %s (-got +want):\n%s", body, diff)
		}
	}
	s.reserve(t, made.Body["id"].(string), 4)
	s.Refused(t, http.StatusConflict, "STOCK_BELOW_RESERVED", admin, post, path+"/stock-adjustments", `{"delta":-2,"reason":"x"}`)
	s.Refused(t, http.StatusConflict, "STOCK_BELOW_RESERVED", admin, post, path+"/stock-adjustments", `{"quantity":3,"reason":"x"}`)
	s.Must(t, http.StatusCreated, admin, post, path+"/stock-adjustments", `{"quantity":4,"reason":"x"}`)
}

// reserve reserves units of a product for a new order.
func (s *shop) reserve(t *testing.T, product string, units int) entity.Request {
	t.Helper()
	productID, err := id.Parse(product)
	if err != nil {
		t.Fatal(err)
	}
	orderID, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	request := entity.Request{OrderID: orderID, ClientID: id.ID{1}, PlacedAt: clock(), Wants: []entity.Want{{ProductID: productID, Units: units}}}
	if _, err := s.reservations.Reserve(t.Context(), []entity.Request{request}); err != nil {
		t.Fatal(err)
	}
	return request
}

func TestReservationIsShownAsTheContractSays(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":19.90,"quantity":5}`)
	product := made.Body["id"].(string)
	request := s.reserve(t, product, 7)
	got := s.Must(t, http.StatusOK, admin, get, "/v1/reservations/"+request.OrderID.String(), "")
	want := map[string]any{
		"orderId": request.OrderID.String(), "state": "HELD", "result": "PARTIAL", "reason": nil, "clientId": id.ID{1}.String(), "quoteId": nil,
		"products":  []any{map[string]any{"productId": product, "requestedQuantity": 7.0, "takenQuantity": 5.0, "unitPrice": 19.9}},
		"createdAt": got.Body["createdAt"], "updatedAt": got.Body["createdAt"],
	}
	if diff := cmp.Diff(got.Body, want); diff != "" {
		t.Errorf("reservation (-got +want):\n%s", diff)
	}
	seen := s.Must(t, http.StatusOK, admin, get, path, "").Body
	if seen["onHand"] != 5.0 || seen["reserved"] != 5.0 || seen["quantity"] != 0.0 {
		t.Errorf("product with a reservation = %v, want 5 on hand, all reserved", seen)
	}
}

// Orders change the stock that is shown, but not the version that an edit of the
// texts is based on.
func TestReservationsDoNotStandInTheWayOfEdits(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":1,"quantity":5}`)
	tag := made.Header.Get("ETag")
	s.reserve(t, made.Body["id"].(string), 2)
	s.Must(t, http.StatusOK, admin, get, path, "", "If-None-Match", tag)
	s.Refused(t, http.StatusPreconditionFailed, "VERSION_MISMATCH", admin, post, path+"/stock-adjustments", `{"quantity":5,"reason":"x"}`, "If-Match", tag)
	s.Must(t, http.StatusOK, admin, patch, path, `{"name":"Lantern"}`, "If-Match", tag)
}
