package telemetry_test

import (
	"context"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"

	"github.com/oms-fleet/oms/common/telemetry"
)

func TestEveryRequestGetsATraceOrKeepsItsOwn(t *testing.T) {
	t.Parallel()
	tracer := telemetry.NewTracing().Tracer("test")
	fresh, span := tracer.Start(t.Context(), "request")
	defer span.End()
	if got := telemetry.TraceID(fresh); len(got) != 32 || strings.Trim(got, "0") == "" {
		t.Errorf("a new trace is %q", got)
	}
	followed, span := tracer.Start(telemetry.WithTraceparent(t.Context(), traceparent), "request")
	defer span.End()
	if got := telemetry.TraceID(followed); got != traceID {
		t.Errorf("the caller's trace became %q, want %q", got, traceID)
	}
	if got := telemetry.TraceID(context.Background()); got != "" {
		t.Errorf("outside of a trace the id is %q", got)
	}
}

func TestTraceparentComesBackAsItWent(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithTraceparent(t.Context(), traceparent)
	if got := telemetry.Traceparent(ctx); got != traceparent {
		t.Errorf("Traceparent = %q, want %q", got, traceparent)
	}
	if !trace.SpanContextFromContext(ctx).IsRemote() {
		t.Error("a header's trace is not told as remote")
	}
	if got := telemetry.Traceparent(t.Context()); got != "" {
		t.Errorf("Traceparent outside of a trace = %q", got)
	}
}

func TestHeaderThatIsNoTraceContextChangesNothing(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithTraceparent(t.Context(), traceparent)
	for _, hostile := range []string{
		"", "x", strings.Repeat("0", 1<<20), traceparent + "\r\nX: y", "00-" + strings.Repeat("0", 32) + "-b7ad6b7169203331-01",
		"00-" + traceID + "-0000000000000000-01", "ff-" + traceID + "-b7ad6b7169203331-01", "00-" + strings.ToUpper(traceID) + "-b7ad6b7169203331-01",
		"00-" + traceID + "-b7ad6b7169203331", "00-" + traceID + "-b7ad6b7169203331-01-extra", "00-" + traceID[:31] + "g-b7ad6b7169203331-01",
	} {
		if got := telemetry.TraceID(telemetry.WithTraceparent(ctx, hostile)); got != traceID {
			t.Errorf("WithTraceparent(%.60q) belongs to %q, want %q", hostile, got, traceID)
		}
	}
}

func FuzzWithTraceparent(f *testing.F) {
	for _, seed := range []string{traceparent, "", "00-0-0-0", "01-" + traceID + "-b7ad6b7169203331-01-x", strings.ToUpper(traceparent)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		ctx := telemetry.WithTraceparent(t.Context(), header)
		if got := telemetry.TraceID(ctx); got != "" && !strings.Contains(header, got) {
			t.Errorf("WithTraceparent(%q) belongs to %q", header, got)
		}
		if again := telemetry.WithTraceparent(t.Context(), telemetry.Traceparent(ctx)); telemetry.TraceID(again) != telemetry.TraceID(ctx) {
			t.Errorf("the trace of %q does not travel on", header)
		}
	})
}
