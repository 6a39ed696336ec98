package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func BenchmarkPost(b *testing.B) {
	handler := newShop(b, withThings).api.Handler()
	const body = `{"name":"a","price":19.90,"parts":[{"id":"` + thingID + `","quantity":3},{"id":"` + thingID + `","quantity":3}]}`
	for b.Loop() {
		request := httptest.NewRequest(http.MethodPost, "/v1/things", strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer client")
		request.Header.Set("Content-Type", "application/json")
		recorder := httptest.NewRecorder()
		if handler.ServeHTTP(recorder, request); recorder.Code != http.StatusCreated {
			b.Fatalf("answers %d: %s", recorder.Code, recorder.Body)
		}
	}
}
