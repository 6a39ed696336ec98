package app

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
)

func TestQuoteIsShownAsTheContractSays(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	_, made := s.create(t, `{"name":"Lamp","price":19.90,"quantity":1}`)
	lamp := made.Body["id"].(string)
	got := s.Must(t, http.StatusCreated, client, post, "/v1/quotes", fmt.Sprintf(`{"products":[{"id":%q,"quantity":2},{"id":%q,"quantity":1}]}`, lamp, lamp))
	want := map[string]any{
		"id": got.Body["id"], "clientId": id.ID{1}.String(), "totalPrice": 59.7, "orderId": nil,
		"products":  []any{map[string]any{"id": lamp, "name": "Lamp", "quantity": 3.0, "unitPrice": 19.9, "totalPrice": 59.7}},
		"createdAt": got.Body["createdAt"], "expiresAt": got.Body["expiresAt"],
	}
	if diff := cmp.Diff(got.Body, want); diff != "" || got.Body["expiresAt"].(string) <= got.Body["createdAt"].(string) {
		t.Errorf("quote (-got +want):\n%s", diff)
	}
	path := "/v1/quotes/" + got.Body["id"].(string)
	if got.Header.Get("Location") != path {
		t.Errorf("Location = %q, want %q", got.Header.Get("Location"), path)
	}
	for by, place := range map[string]string{client: path, orders: "/internal" + path} {
		if diff := cmp.Diff(s.Must(t, http.StatusOK, by, get, place, "").Body, want); diff != "" {
			t.Errorf("%s (-got +want):\n%s", place, diff)
		}
	}
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", other, get, path, "")
	s.Refused(t, http.StatusForbidden, "FORBIDDEN", orders, get, path, "")
	s.Refused(t, http.StatusForbidden, "FORBIDDEN", admin, get, "/internal"+path, "")
	s.Refused(t, http.StatusUnauthorized, "UNAUTHENTICATED", nobody, post, "/v1/quotes", "{}")
}

func TestBadQuotesAreRefused(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":19.90}`)
	lamp := made.Body["id"].(string)
	line := func(id string, units int) string { return fmt.Sprintf(`{"id":%q,"quantity":%d}`, id, units) }
	const unknown = "01900000-0000-7000-8000-000000000000"
	for lines, place := range map[string]string{
		"":                "body.products",
		line(lamp, 0):     "body.products[0].quantity",
		line(lamp, 10001): "body.products[0].quantity",
		line(lamp, 6000) + "," + line(lamp, 6000): "body.products[1].quantity",
		line(unknown, 1): "body.products[0].id",
		line("lamp", 1):  "body.products[0].id",
	} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", client, post, "/v1/quotes", `{"products":[`+lines+`]}`)
		if places := got.Places(); len(places) == 0 || places[0] != place {
			t.Errorf("mistakes of [%s] at %v, want %s", lines, places, place)
		}
	}
	s.Must(t, http.StatusOK, admin, patch, path, `{"status":"ARCHIVED"}`, "If-Match", made.Header.Get("ETag"))
	s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", client, post, "/v1/quotes", `{"products":[`+line(lamp, 1)+`]}`)
}
