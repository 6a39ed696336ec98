package telemetry_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/telemetry"
)

const (
	traceID     = "0af7651916cd43dd8448eb211c80319c"
	traceparent = "00-" + traceID + "-b7ad6b7169203331-01"
)

// line logs once and returns what was written.
func line(t *testing.T, log func(*slog.Logger)) map[string]any {
	t.Helper()
	var said bytes.Buffer
	log(telemetry.NewLogger(&said, telemetry.Config{Format: "auto"}, "order-service"))
	var got map[string]any
	if err := json.Unmarshal(said.Bytes(), &got); err != nil {
		t.Fatalf("logged %q: %v", said.String(), err)
	}
	return got
}

func TestLinesTellServiceAndTrace(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithTraceparent(t.Context(), traceparent)
	for name, log := range map[string]func(*slog.Logger){
		"as it is":        func(l *slog.Logger) { l.InfoContext(ctx, "x", "order_id", 7) },
		"with attributes": func(l *slog.Logger) { l.With("order_id", 7).WarnContext(ctx, "x") },
	} {
		got := line(t, log)
		if got["service"] != "order-service" || got["trace_id"] != traceID || got["order_id"] != 7. {
			t.Errorf("%s: logged %v", name, got)
		}
	}
	grouped := line(t, func(l *slog.Logger) { l.WithGroup("g").InfoContext(ctx, "x") })
	if inner, ok := grouped["g"].(map[string]any); !ok || inner["trace_id"] != traceID {
		t.Errorf("in a group: logged %v", grouped)
	}
}

func TestLinesOutsideOfATraceTellNone(t *testing.T) {
	t.Parallel()
	if got := line(t, func(l *slog.Logger) { l.InfoContext(t.Context(), "x") }); got["trace_id"] != nil {
		t.Errorf("logged %v", got)
	}
}

func TestLevelAndFormatAreAsConfigured(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	log := telemetry.NewLogger(&said, telemetry.Config{Level: slog.LevelWarn, Format: "text"}, "s")
	log.Info("quiet")
	log.Warn("loud")
	if got := said.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "level=WARN msg=loud service=s") {
		t.Errorf("logged %q", got)
	}
}

func TestFileIsNoTerminal(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	telemetry.NewLogger(file, telemetry.Config{Format: "auto"}, "s").Info("x")
	raw, err := os.ReadFile(file.Name())
	if err != nil || !json.Valid(raw) {
		t.Errorf("logged %q, %v; want JSON", raw, err)
	}
}
