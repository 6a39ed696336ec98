// Package telemetry makes a service observable: structured logs, W3C trace
// context across HTTP, outbox and Kafka, and Prometheus metrics.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"os"

	"go.opentelemetry.io/otel/trace"
)

// Config says how much is logged, and how.
type Config struct {
	Level  slog.Level `envconfig:"LOG_LEVEL" default:"INFO" desc:"DEBUG, INFO, WARN or ERROR"`
	Format string     `envconfig:"LOG_FORMAT" default:"auto" oneof:"auto text json" desc:"auto is text on a terminal and json elsewhere"`
}

// NewLogger returns a logger that adds the service's name, and the trace id of
// the context to every line.
func NewLogger(w io.Writer, cfg Config, service string) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.Level}
	var handler slog.Handler = slog.NewJSONHandler(w, options)
	if cfg.Format == "text" || (cfg.Format == "auto" && isTerminal(w)) {
		handler = slog.NewTextHandler(w, options)
	}
	return slog.New(traced{handler}).With("service", service)
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// traced adds trace_id to what is logged within a trace.
type traced struct{ slog.Handler }

// Handle adds the trace id.
func (t traced) Handle(ctx context.Context, r slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	return t.Handler.Handle(ctx, r)
}

// WithAttrs keeps the trace id on derived loggers.
func (t traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{t.Handler.WithAttrs(attrs)} }

// WithGroup keeps the trace id on derived loggers.
func (t traced) WithGroup(name string) slog.Handler { return traced{t.Handler.WithGroup(name)} }
