package controller_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// badOrder is a body and where its mistakes are.
type badOrder struct {
	body   string
	places []string
}

func badOrders() map[string]badOrder {
	one := `[{"id": "` + lamp + `", "quantity": 1}]`
	line := `{"id": "` + lamp + `", "quantity": %s}`
	return map[string]badOrder{
		"nothing":        {`{}`, []string{"body.address", "body.products"}},
		"no lines":       {`{"products": [], "address": "x"}`, []string{"body.products"}},
		"lines are null": {`{"products": null, "address": "x"}`, []string{"body.products"}},
		"too many lines": {`{"products": [` + strings.Repeat(fmt.Sprintf(line, "1")+",", 100) + fmt.Sprintf(line, "1") + `], "address": "x"}`, []string{"body.products"}},
		"quantities": {
			`{"products": [` + fmt.Sprintf(line, "0") + "," + fmt.Sprintf(line, "10001") + "," + fmt.Sprintf(line, "1.5") + "," + fmt.Sprintf(line, `"2"`) + "," + fmt.Sprintf(line, "null") + `], "address": "x"}`,
			[]string{"body.products[0].quantity", "body.products[1].quantity", "body.products[2].quantity", "body.products[3].quantity", "body.products[4].quantity"},
		},
		"no quantity, no id": {`{"products": [{"id": "` + lamp + `"}, {"quantity": 1}], "address": "x"}`, []string{"body.products[0].quantity", "body.products[1].id"}},
		"no UUIDs": {
			`{"products": [{"id": "lamp", "quantity": 1}, {"id": 7, "quantity": 1}, {"id": null, "quantity": 1}], "address": "x", "quoteId": "1", "clientId": "2"}`,
			[]string{"body.clientId", "body.products[0].id", "body.products[1].id", "body.products[2].id", "body.quoteId"},
		},
		"nobody's id":        {`{"products": [{"id": "00000000-0000-0000-0000-000000000000", "quantity": 1}], "address": "x"}`, []string{"body.products[0].id"}},
		"no address":         {`{"products": ` + one + `, "address": ""}`, []string{"body.address"}},
		"white address":      {`{"products": ` + one + `, "address": " \t\n"}`, []string{"body.address"}},
		"long address":       {`{"products": ` + one + `, "address": "` + strings.Repeat("ä", 501) + `"}`, []string{"body.address"}},
		"wrong types":        {`{"products": {}, "address": 7, "fulfilment": true}`, []string{"body.address", "body.fulfilment", "body.products"}},
		"unknown fulfilment": {`{"products": ` + one + `, "address": "x", "fulfilment": "partial"}`, []string{"body.fulfilment"}},
		"unknown fields": {
			`{"products": [{"id": "` + lamp + `", "quantity": 1, "price": 1}], "address": "x", "status": "SHIPPED", "Address": "y"}`,
			[]string{"body.Address", "body.products[0].price", "body.status"},
		},
		"sum and address": {
			`{"products": [` + fmt.Sprintf(line, "9999") + "," + fmt.Sprintf(line, "1") + "," + fmt.Sprintf(line, "1") + `], "address": "", "quoteId": "x"}`,
			[]string{"body.address", "body.products[2].quantity", "body.quoteId"},
		},
		"no object": {`[]`, []string{"body"}},
	}
}

func TestBadOrdersAreRefusedWithEveryMistakeAtItsPlace(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, tt := range badOrders() {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", ada, "POST", "/v1/orders", tt.body)
		if diff := cmp.Diff(tt.places, got.Places()); diff != "" {
			t.Errorf("%s: places (-want +got):\n%s\n%s", name, diff, got.Raw)
		}
	}
	if n := len(s.Must(t, http.StatusOK, admin, "GET", "/v1/orders", "").Body["items"].([]any)); n != 0 {
		t.Errorf("%d orders were placed", n)
	}
}

func TestLongestAddressIsCountedInCharacters(t *testing.T) {
	t.Parallel()
	s := open(t)
	address := strings.Repeat("ä", 500)
	got := s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", `{"products": [{"id": "`+lamp+`", "quantity": 10000}], "address": "`+address+`"}`)
	if got.Body["address"] != address {
		t.Errorf("address = %v", got.Body["address"])
	}
}

func TestBadKeysAreRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, key := range []string{"", "  ", strings.Repeat("k", 129)} {
		got := s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", ada, "POST", "/v1/orders", cart, "Idempotency-Key", key)
		if diff := cmp.Diff([]string{"header.Idempotency-Key"}, got.Places()); diff != "" {
			t.Errorf("key %q: places (-want +got):\n%s", key, diff)
		}
	}
	s.Must(t, http.StatusCreated, ada, "POST", "/v1/orders", cart, "Idempotency-Key", strings.Repeat("k", 128))
}

func TestBodiesThatCannotBeReadAreRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Refused(t, http.StatusBadRequest, "MALFORMED_REQUEST", ada, "POST", "/v1/orders", `{"products": [`)
	s.Refused(t, http.StatusBadRequest, "MALFORMED_REQUEST", ada, "POST", "/v1/orders", "")
	s.Refused(t, http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", ada, "POST", "/v1/orders", cart, "Content-Type", "text/plain")
	s.Refused(t, http.StatusRequestEntityTooLarge, "BODY_TOO_LARGE", ada, "POST", "/v1/orders", `{"address": "`+strings.Repeat("x", 1<<20)+`"}`)
	s.Refused(t, http.StatusNotAcceptable, "NOT_ACCEPTABLE", ada, "POST", "/v1/orders", cart, "Accept", "text/html")
}
