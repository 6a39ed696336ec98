package telemetry

import (
	"context"
	"crypto/rand"
	"fmt"

	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// NewTracing returns a provider that gives every request a trace id and follows
// the caller's, but records no spans: ids tie logs, messages and answers
// together at hardly any cost.
func NewTracing() trace.TracerProvider {
	return sdktrace.NewTracerProvider(sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.NeverSample())))
}

// TraceID returns the trace that ctx belongs to, "" if to none.
func TraceID(ctx context.Context) string {
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		return span.TraceID().String()
	}
	return ""
}

// Traceparent returns the W3C trace context of ctx for a message header, "" if
// there is none.
func Traceparent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier["traceparent"]
}

// NewTraceparent returns the context of a new trace, for what has no cause that
// is known.
func NewTraceparent() string {
	var ids [24]byte
	rand.Read(ids[:]) //nolint:errcheck // never fails
	return fmt.Sprintf("00-%x-%x-00", ids[:16], ids[16:])
}

// WithTraceparent returns a context that belongs to the trace of a message
// header. A header that is no trace context changes nothing.
func WithTraceparent(ctx context.Context, traceparent string) context.Context {
	if traceparent == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": traceparent})
}
