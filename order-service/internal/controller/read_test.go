package controller_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConfirmedOrderShowsItsSnapshot(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.place(t, ada)
	s.settle(t, path, 1)
	got := s.Must(t, http.StatusOK, ada, "GET", path, "")
	want := `{"orderId":"ORDER","status":"PARTIAL_CONFIRMED","reason":null,"clientId":"ADA","clientName":"Ada Lovelace","address":"1 Main Street",` +
		`"fulfilment":"PARTIAL","quoteId":null,"totalPrice":19.90,"createdAt":"THEN","updatedAt":"NOW","products":[` +
		`{"id":"` + lamp + `","name":"Lamp","imageUrl":"/v1/products/` + lamp + `/image","purchasedQuantity":2,"fulfilledQuantity":1,"unitPrice":19.90,"totalPrice":19.90},` +
		`{"id":"` + chair + `","name":"Lamp","imageUrl":null,"purchasedQuantity":1,"fulfilledQuantity":0,"unitPrice":5.00,"totalPrice":0.00}]}`
	if diff := cmp.Diff(want, s.shown(t, got)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestReaderNeedNotFetchWhatTheyHave(t *testing.T) {
	t.Parallel()
	s := open(t)
	path := s.place(t, ada)
	for _, tag := range []string{`"1"`, `W/"1"`, `"7", "1"`, "*"} {
		if got := s.Must(t, http.StatusNotModified, ada, "GET", path, "", "If-None-Match", tag); got.Raw != "" || got.Header.Get("ETag") != `"1"` {
			t.Errorf("If-None-Match %s: ETag %s, body %q", tag, got.Header.Get("ETag"), got.Raw)
		}
	}
	s.settle(t, path, 2)
	if got := s.Must(t, http.StatusOK, ada, "GET", path, "", "If-None-Match", `"1"`); got.Header.Get("ETag") != `"2"` {
		t.Errorf("ETag = %s, want the second version", got.Header.Get("ETag"))
	}
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", grace, "GET", path, "", "If-None-Match", "*")
}

// TestEachRouteIsForThoseItIsFor asks every route as everybody.
func TestEachRouteIsForThoseItIsFor(t *testing.T) {
	t.Parallel()
	s := open(t)
	own := s.place(t, ada)
	const shipped = `{"status": "SHIPPED"}`
	for _, tt := range []struct {
		method, path, body string
		want               map[string]int // by who asks
	}{
		{"POST", "/v1/orders", cart, map[string]int{nobody: 401, robot: 403, ada: 201, admin: 201, root: 201}},
		{"GET", "/v1/orders", "", map[string]int{nobody: 401, robot: 403, ada: 200, admin: 200, root: 200}},
		{"GET", own, "", map[string]int{nobody: 401, "forged": 401, robot: 403, grace: 404, ada: 200, admin: 200, root: 200}},
		{"GET", own + "/history", "", map[string]int{nobody: 401, robot: 403, grace: 404, ada: 200, admin: 200, root: 200}},
		{"GET", own + "/events", "", map[string]int{nobody: 401, robot: 403, grace: 404}},
		{"PUT", own + "/status", shipped, map[string]int{nobody: 401, robot: 403, ada: 403, grace: 403, admin: 409, root: 409}},
		{"POST", own + "/cancel", "", map[string]int{nobody: 401, robot: 403, grace: 404}},
		{"GET", "/v1/order-lifecycle", "", map[string]int{nobody: 200, "forged": 200, ada: 200}},
	} {
		for by, want := range tt.want {
			if got := s.Call(t, by, tt.method, tt.path, tt.body); got.Status != want {
				t.Errorf("%s %s by %q: %d %s, want %d", tt.method, tt.path, by, got.Status, got.Raw, want)
			}
		}
	}
}

func TestPathsThatNameNoOrderAreNotFound(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, name := range []string{"not-a-uuid", "7", "01999e2b-53f4-7b7a-9a55-0d3c6f1e2a1", "00000000-0000-0000-0000-000000000000", lamp} {
		path := "/v1/orders/" + name
		s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, "GET", path, "")
		s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, "GET", path+"/history", "")
		s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, "GET", path+"/events", "")
		s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, "POST", path+"/cancel", "")
		s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, "PUT", path+"/status", `{"status": "SHIPPED"}`)
	}
	got := s.Refused(t, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", admin, "DELETE", "/v1/orders/"+lamp, "")
	if got.Header.Get("Allow") == "" {
		t.Error("405 without Allow")
	}
}

func TestLifecycleIsListed(t *testing.T) {
	t.Parallel()
	s := open(t)
	got := s.Must(t, http.StatusOK, nobody, "GET", "/v1/order-lifecycle", "")
	items := got.Body["items"].([]any)
	if first := items[0].(map[string]any); len(items) != 8 || len(got.Body) != 1 || first["from"] != nil || first["to"] != "NEW" || first["by"] != "client, admin" || first["then"] == "" {
		t.Errorf("lifecycle = %s", got.Raw)
	}
}
