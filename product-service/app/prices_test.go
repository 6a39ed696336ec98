package app

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"
)

func soon(after time.Duration) string {
	return clock().Add(after).Format("2006-01-02T15:04:05.000Z")
}

func TestPriceHistoryIsShownAsTheContractSays(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":20.00}`)
	now := s.Must(t, http.StatusCreated, admin, post, path+"/prices", `{"price":"15.50"}`).Body
	future := soon(time.Hour)
	later := s.Must(t, http.StatusCreated, admin, post, path+"/prices", fmt.Sprintf(`{"price":30,"effectiveFrom":%q}`, future)).Body
	if now["price"] != 15.5 || now["effectiveTo"] != nil || later["effectiveFrom"] != future || later["effectiveTo"] != nil || later["actor"] == "" {
		t.Errorf("prices set: %v and %v", now, later)
	}
	got := s.Must(t, http.StatusOK, nobody, get, path+"/prices", "").Body
	items := got["items"].([]any)
	if len(items) != 3 || got["lowest30Days"] != 15.5 {
		t.Fatalf("history = %v", got)
	}
	for i, item := range items[1:] {
		if before := items[i].(map[string]any); before["effectiveTo"] != item.(map[string]any)["effectiveFrom"] {
			t.Errorf("price %d ends at %v, the next begins at %v", i, before["effectiveTo"], item.(map[string]any)["effectiveFrom"])
		}
	}
	for at, want := range map[string]float64{made.Body["createdAt"].(string): 20, soon(0): 15.5, future: 30, soon(10000 * time.Hour): 30} {
		if one := s.Must(t, http.StatusOK, nobody, get, path+"/prices?at="+url.QueryEscape(at), "").Body; one["price"] != want {
			t.Errorf("price at %s = %v, want %v", at, one, want)
		}
	}
	if seen := s.Must(t, http.StatusOK, nobody, get, path, "").Body["price"]; seen != 15.5 {
		t.Errorf("price shown = %v, want the one in effect", seen)
	}
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", nobody, get, path+"/prices?at=2001-01-01T00:00:00Z", "")
	s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", nobody, get, path+"/prices?at=yesterday", "")
}

func TestBadPricesAreRefused(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":20.00}`)
	for body, place := range map[string]string{
		`{}`:                       "body.price",
		`{"price":-1}`:             "body.price",
		`{"price":1.999}`:          "body.price",
		`{"price":1e1}`:            "body.price",
		`{"price":10000000000}`:    "body.price",
		`{"price":1,"actor":"me"}`: "body.actor",
		`{"price":1,"effectiveFrom":"2001-01-01T00:00:00Z"}`:       "body.effectiveFrom",
		`{"price":1,"effectiveFrom":"tomorrow"}`:                   "body.effectiveFrom",
		`{"price":1,"effectiveFrom":"` + soon(-time.Second) + `"}`: "body.effectiveFrom",
	} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", admin, post, path+"/prices", body)
		if places := got.Places(); len(places) != 1 || places[0] != place {
			t.Errorf("mistakes of %s at %v, want %s", body, places, place)
		}
	}
	const unknown = "/v1/products/01900000-0000-7000-8000-000000000000/prices"
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", nobody, get, unknown, "")
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, post, unknown, `{"price":1}`)
	s.Refused(t, http.StatusForbidden, "FORBIDDEN", client, post, path+"/prices", `{"price":1}`)
	s.Must(t, http.StatusCreated, admin, post, path+"/prices", `{"price":1}`, "If-Match", made.Header.Get("ETag"))
	s.Refused(t, http.StatusPreconditionFailed, "VERSION_MISMATCH", admin, post, path+"/prices", `{"price":1}`, "If-Match", made.Header.Get("ETag"))
}

func TestNullInAPatchIsRefused(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":20.00}`)
	for _, field := range []string{"name", "description", "price", "status"} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", admin, patch, path, `{"`+field+`":null}`, "If-Match", made.Header.Get("ETag"))
		if places := got.Places(); len(places) != 1 || places[0] != "body."+field {
			t.Errorf("mistakes at %v, want body.%s", places, field)
		}
	}
	s.Must(t, http.StatusOK, admin, patch, path, `{"lowStockThreshold":null}`, "If-Match", made.Header.Get("ETag"))
}
