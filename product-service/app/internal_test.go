package app

import (
	"net/http"
	"strings"
	"testing"
)

func TestServicesReadSeveralProductsAtOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	lamp, _ := s.create(t, `{"name":"Lamp","price":19.9,"quantity":5}`)
	desk, made := s.create(t, `{"name":"Desk","price":199}`)
	s.Must(t, http.StatusOK, admin, patch, desk, `{"status":"ARCHIVED"}`, "If-Match", made.Header.Get("ETag"))
	id := func(path string) string { return strings.TrimPrefix(path, "/v1/products/") }
	const unknown = "01900000-0000-7000-8000-000000000000"
	path := "/internal/v1/products?ids=" + strings.Join([]string{id(desk), unknown, id(lamp)}, ",")
	items := s.Must(t, http.StatusOK, orders, get, path, "").Body["items"].([]any)
	if len(items) != 2 || items[0].(map[string]any)["name"] != "Desk" || items[1].(map[string]any)["name"] != "Lamp" {
		t.Errorf("items = %v", items)
	}
	if _, told := items[1].(map[string]any)["onHand"]; told {
		t.Error("a service is told what only admins may know")
	}
	for _, by := range []string{client, admin, stranger} {
		s.Refused(t, http.StatusForbidden, "FORBIDDEN", by, get, path, "")
	}
	s.Refused(t, http.StatusUnauthorized, "UNAUTHENTICATED", nobody, get, path, "")
	for _, bad := range []string{"", "?ids=", "?ids=lamp", "?ids=" + id(lamp) + ",", "?ids=" + strings.Repeat(unknown+",", 100) + unknown} {
		s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", orders, get, "/internal/v1/products"+bad, "")
	}
	s.Refused(t, http.StatusForbidden, "FORBIDDEN", orders, post, "/v1/products", `{"name":"Lamp","price":1}`)
}
