package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	get   = http.MethodGet
	post  = http.MethodPost
	patch = http.MethodPatch
)

func TestProductIsShownAsTheContractSays(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","description":"bright","price":19.9,"quantity":5}`)
	want := map[string]any{
		"id": made.Body["id"], "name": "Lamp", "description": "bright", "imageUrl": nil, "price": 19.9, "quantity": 5.0, "status": "ACTIVE",
		"createdAt": made.Body["createdAt"], "updatedAt": made.Body["createdAt"],
	}
	for _, by := range []string{nobody, client} {
		got := s.Must(t, http.StatusOK, by, get, path, "")
		if diff := cmp.Diff(got.Body, want); diff != "" {
			t.Errorf("to %q (-got +want):\n%s", by, diff)
		}
	}
	want["onHand"], want["reserved"] = 5.0, 0.0
	if diff := cmp.Diff(made.Body, want); diff != "" {
		t.Errorf("to its maker (-got +want):\n%s", diff)
	}
	if !strings.Contains(made.Raw, `"price":19.90`) || made.Header.Get("Location") != path || made.Header.Get("ETag") == "" {
		t.Errorf("headers %v, body %s; want Location %s, an ETag and two decimals", made.Header, made.Raw, path)
	}
}

func TestOnlyAdminsChangeTheCatalogue(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, _ := s.create(t, `{"name":"Lamp","price":1}`)
	for _, call := range [][3]string{
		{post, "/v1/products", `{"name":"Lamp","price":1}`},
		{patch, path, `{"name":"Lamp"}`},
		{post, path + "/stock-adjustments", `{"delta":1,"reason":"x"}`},
		{get, path + "/stock-adjustments", ""},
		{get, "/v1/reservations/" + strings.TrimPrefix(path, "/v1/products/"), ""},
	} {
		s.Refused(t, http.StatusUnauthorized, "UNAUTHENTICATED", nobody, call[0], call[1], call[2])
		s.Refused(t, http.StatusForbidden, "FORBIDDEN", client, call[0], call[1], call[2])
	}
	s.Refused(t, http.StatusUnauthorized, "UNAUTHENTICATED", "nonsense", get, path, "")
}

func TestBadProductsAreRefusedWithEveryMistake(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	for body, places := range map[string][]string{
		`{}`:                                                    {"body.name", "body.price"},
		`{"name":"","price":-1,"quantity":-1}`:                  {"body.name", "body.price", "body.quantity"},
		`{"name":"Lamp","price":1.999}`:                         {"body.price"},
		`{"name":"Lamp","price":1e2}`:                           {"body.price"},
		`{"name":"Lamp","price":10000000000}`:                   {"body.price"},
		`{"name":"Lamp","price":null}`:                          {"body.price"},
		`{"name":"Lamp","price":1,"quantity":1.5}`:              {"body.quantity"},
		`{"name":"Lamp","price":1,"quantity":1000000001}`:       {"body.quantity"},
		`{"name":"Lamp","price":1,"colour":"red"}`:              {"body.colour"},
		`{"name":7,"price":"x"}`:                                {"body.name", "body.price"},
		`{"name":"` + strings.Repeat("é", 201) + `","price":1}`: {"body.name"},
		`{"name":"a\u0000b","price":1}`:                         {"body.name"},
		`{"name":"L","description":"` + strings.Repeat("é", 10001) + `","price":1}`: {"body.description"},
	} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", admin, post, "/v1/products", body).Places()
		slices.Sort(got)
		if diff := cmp.Diff(slices.Compact(got), places); diff != "" {
			t.Errorf("mistakes of %.60s (-got +want):\n%s", body, diff)
		}
	}
	s.Refused(t, http.StatusBadRequest, "MALFORMED_REQUEST", admin, post, "/v1/products", `{"name"`)
	s.Must(t, http.StatusCreated, admin, post, "/v1/products", `{"name":"`+strings.Repeat("é", 200)+`","price":"9999999999.99"}`)
}

func TestUnknownProductIsNotFound(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	const unknown = "/v1/products/01900000-0000-7000-8000-000000000000"
	for _, path := range []string{unknown, "/v1/products/lamp", unknown + "/stock-adjustments"} {
		s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, get, path, "")
	}
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, patch, unknown, `{"name":"x"}`, "If-Match", "*")
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, post, unknown+"/stock-adjustments", `{"delta":1,"reason":"x"}`)
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, get, "/v1/reservations/01900000-0000-7000-8000-000000000000", "")
}

func TestPatchChangesWhatItNames(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":19.90,"quantity":5}`)
	got := s.Must(t, http.StatusOK, admin, patch, path, `{"price":"24.90","status":"ARCHIVED","lowStockThreshold":3}`, "If-Match", made.Header.Get("ETag"))
	if got.Body["name"] != "Lamp" || got.Body["price"] != 24.9 || got.Body["status"] != "ARCHIVED" {
		t.Errorf("patched product = %s", got.Raw)
	}
	read := s.Must(t, http.StatusOK, admin, get, path, "")
	if read.Raw != got.Raw || read.Header.Get("ETag") != got.Header.Get("ETag") {
		t.Errorf("read %s as %s, want what PATCH answered: %s as %s", read.Raw, read.Header.Get("ETag"), got.Raw, got.Header.Get("ETag"))
	}
	again := s.Must(t, http.StatusOK, admin, patch, path, `{"status":"ACTIVE","description":"back","lowStockThreshold":null}`, "If-Match", got.Header.Get("ETag"))
	if again.Body["status"] != "ACTIVE" || again.Body["description"] != "back" || again.Body["price"] != 24.9 {
		t.Errorf("product brought back = %s", again.Raw)
	}
}

func TestBadPatchesAreRefused(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, _ := s.create(t, `{"name":"Lamp","price":1}`)
	for body, place := range map[string]string{
		`{"quantity":9}`: "body.quantity", `{"name":""}`: "body.name", `{"price":-1}`: "body.price",
		`{"status":"LOST"}`:        "body.status",
		`{"lowStockThreshold":-1}`: "body.lowStockThreshold", `{"lowStockThreshold":"x"}`: "body.lowStockThreshold", `{"lowStockThreshold":1.5}`: "body.lowStockThreshold",
	} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", admin, patch, path, body, "If-Match", "*")
		if diff := cmp.Diff(slices.Compact(got.Places()), []string{place}); diff != "" {
			t.Errorf("mistakes of %s (-got +want):\n%s", body, diff)
		}
	}
}

func TestChangesAreTiedToVersions(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":1,"quantity":5}`)
	first := made.Header.Get("ETag")
	s.Refused(t, http.StatusPreconditionRequired, "VERSION_REQUIRED", admin, patch, path, `{"name":"Lantern"}`)
	second := s.Must(t, http.StatusOK, admin, patch, path, `{"name":"Lantern"}`, "If-Match", first).Header.Get("ETag")
	s.Refused(t, http.StatusPreconditionFailed, "VERSION_MISMATCH", admin, patch, path, `{"name":"Lamp"}`, "If-Match", first)
	s.Refused(t, http.StatusPreconditionFailed, "VERSION_MISMATCH", admin, post, path+"/stock-adjustments", `{"quantity":9,"reason":"count"}`, "If-Match", first)
	third := s.Must(t, http.StatusCreated, admin, post, path+"/stock-adjustments", `{"quantity":9,"reason":"count"}`, "If-Match", second).Header.Get("ETag")
	s.Refused(t, http.StatusPreconditionFailed, "VERSION_MISMATCH", admin, patch, path, `{"name":"Lamp"}`, "If-Match", second)
	for _, none := range []string{strings.Trim(third, `"`), `"3"`, "3", `"3-`, `W/` + third, `""`} {
		s.Refused(t, http.StatusPreconditionFailed, "VERSION_MISMATCH", admin, patch, path, `{"name":"Lamp"}`, "If-Match", none)
	}
	s.Must(t, http.StatusOK, admin, patch, path, `{"name":"Lamp"}`, "If-Match", `"other", `+third)
	s.Must(t, http.StatusOK, admin, patch, path, `{"name":"Lamp"}`, "If-Match", "*")
}

func TestUnchangedProductNeedNotBeSentAgain(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, _ := s.create(t, `{"name":"Lamp","price":1,"quantity":5}`)
	for _, by := range []string{nobody, admin} {
		tag := s.Must(t, http.StatusOK, by, get, path, "").Header.Get("ETag")
		same := s.Must(t, http.StatusNotModified, by, get, path, "", "If-None-Match", tag)
		if same.Raw != "" || same.Header.Get("ETag") != tag {
			t.Errorf("304 with ETag %s and body %q, want %s and none", same.Header.Get("ETag"), same.Raw, tag)
		}
	}
	public := s.Must(t, http.StatusOK, nobody, get, path, "").Header.Get("ETag")
	s.Must(t, http.StatusOK, admin, get, path, "", "If-None-Match", public) // an admin sees more
	s.Must(t, http.StatusCreated, admin, post, path+"/stock-adjustments", `{"delta":1,"reason":"found"}`)
	s.Must(t, http.StatusOK, nobody, get, path, "", "If-None-Match", public)
}

func TestDemoCatalogueIsAddedOnce(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	for range 2 {
		if err := s.products.SeedDemo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.names(t, nobody, "inStock=true&limit=5"); len(got) != 12 {
		t.Errorf("the demo catalogue has %d products, want 12: %q", len(got), got)
	}
}
