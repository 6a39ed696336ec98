package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
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

func BenchmarkShed(b *testing.B) {
	full := fault.New(fault.CodeOverloaded, "Too many orders wait to be settled; try again shortly.").After(time.Second)
	handler := web.New(web.Options{
		Verifier: verifier{}, Log: slog.New(slog.DiscardHandler), Metrics: telemetry.NewMetrics(), Tracing: telemetry.NewTracing(),
		Shed: func(*http.Request) error { return full },
	}).Handler()
	for b.Loop() {
		request := httptest.NewRequest(http.MethodPost, "/v1/things", strings.NewReader("{}"))
		request.Header.Set("Authorization", "Bearer client")
		recorder := httptest.NewRecorder()
		if handler.ServeHTTP(recorder, request); recorder.Code != http.StatusServiceUnavailable {
			b.Fatalf("answers %d: %s", recorder.Code, recorder.Body)
		}
	}
}
