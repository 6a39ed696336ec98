package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// report is what `make bench` writes.
type report struct {
	Seconds    float64
	Yardstick  float64 // rows a second
	Single     load
	OpenLoop   load
	Disk       quantiles // of a durable write, during OpenLoop
	Throughput load
	Hot        load
	Flood      flood
	Reads      float64            // a second
	MemoryBusy map[string]float64 // right after the last measurement
	Memory     map[string]float64 // when the services have come to rest
	Start      time.Duration
}

// load is what one way of placing orders showed.
type load struct {
	Placed             int64              `json:"placed"`
	Refused            int64              `json:"refused"`
	ConfirmedPerSecond float64            `json:"confirmedPerSecond"`
	AcceptMs           quantiles          `json:"acceptMs"`      // sent → 201
	FinalMs            quantiles          `json:"finalMs"`       // sent → outcome seen in order.events
	SettledAfter       float64            `json:"settledSecond"` // from the end until nothing was on its way
	CPUMicrosPerOrder  map[string]float64 `json:"cpuMicrosPerOrder"`
}

// flood is a load of clients who want four times what can be done.
type flood struct {
	load
	OfferedPerSecond float64            `json:"offeredPerSecond"`
	KeptShare        float64            `json:"keptShare"`  // of the unflooded rate
	AfterShare       float64            `json:"afterShare"` // the rate of the next seconds, from an empty fleet on, of the unflooded one
	MemoryBefore     map[string]float64 `json:"memoryMiBBefore"`
	MemoryAfter      map[string]float64 `json:"memoryMiBAfter"`
}

// quantiles of durations, in milliseconds.
type quantiles struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

func spread(all []time.Duration) quantiles {
	if len(all) == 0 {
		return quantiles{}
	}
	slices.Sort(all)
	at := func(q float64) float64 { return float64(all[int(q*float64(len(all)-1))].Microseconds()) / 1000 }
	return quantiles{P50: at(0.5), P99: at(0.99), Max: at(1)}
}

func (r *report) print(w io.Writer) {
	line := func(taken bool, what, figure string) {
		if taken {
			fmt.Fprintf(w, "%-44s %s\n", what, figure) //nolint:errcheck // to a terminal
		}
	}
	loads := r.Throughput.Placed > 0
	line(loads, "confirmed, as fast as it goes", fmt.Sprintf("%.0f orders/s", r.Throughput.ConfirmedPerSecond))
	line(loads && r.Yardstick > 0, "  yardstick: durable rows, 500 a commit", fmt.Sprintf("%.0f rows/s, ratio %.3f", r.Yardstick, r.Throughput.ConfirmedPerSecond/r.Yardstick))
	line(loads, "  place → accepted", r.Throughput.AcceptMs.String())
	line(loads, "  place → final", r.Throughput.FinalMs.String())
	line(r.OpenLoop.Placed > 0, "at 1 000 orders/s: place → accepted", r.OpenLoop.AcceptMs.String())
	line(r.OpenLoop.Placed > 0, "  place → final", r.OpenLoop.FinalMs.String())
	line(r.Disk.Max > 0, "  the disk meanwhile: 4 KiB, durably", fmt.Sprintf("%s, worst %.1f ms", strings.TrimSuffix(r.Disk.String(), " ms"), r.Disk.Max))
	line(r.Single.Placed > 0, "one order at a time: place → final", r.Single.FinalMs.String())
	line(r.Hot.Placed > 0, "all orders of one product", fmt.Sprintf("%.0f orders/s, %.0f %%", r.Hot.ConfirmedPerSecond, 100*r.Hot.ConfirmedPerSecond/r.Throughput.ConfirmedPerSecond))
	line(r.Flood.Placed > 0, "flooded", fmt.Sprintf("%.0f orders/s, %.0f %% kept; %.0f/s offered, %d refused; settled %.1f s after; %.0f %% in the next seconds",
		r.Flood.ConfirmedPerSecond, 100*r.Flood.KeptShare, r.Flood.OfferedPerSecond, r.Flood.Refused, r.Flood.SettledAfter, 100*r.Flood.AfterShare))
	line(r.Reads > 0, "product reads", fmt.Sprintf("%.0f/s", r.Reads))
	line(r.Start > 0, "start, data and programs there", fmt.Sprintf("%d ms", r.Start.Milliseconds()))
	line(loads, "processor time an order", join(r.Throughput.CPUMicrosPerOrder, "%s %.0f")+" µs")
	line(true, "memory at the end", join(r.MemoryBusy, "%s %.0f")+" MiB")
	line(true, "  at rest, six seconds later", join(r.Memory, "%s %.0f")+" MiB")
}

// String is "p50 1.2, p99 3.4 ms".
func (q quantiles) String() string { return fmt.Sprintf("p50 %.1f, p99 %.1f ms", q.P50, q.P99) }

func join(figures map[string]float64, format string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(figures)) {
		parts = append(parts, fmt.Sprintf(format, name, figures[name]))
	}
	return strings.Join(parts, ", ")
}

func (r *report) write(path string) error {
	raw, err := json.MarshalIndent(map[string]any{
		"seconds": r.Seconds, "yardstickRowsPerSecond": r.Yardstick, "throughput": r.Throughput, "openLoop": r.OpenLoop, "diskMs": r.Disk, "single": r.Single,
		"hot": r.Hot, "flood": r.Flood, "reads": map[string]float64{"perSecond": r.Reads}, "memoryMiB": r.Memory, "memoryMiBBusy": r.MemoryBusy, "startMs": r.Start.Milliseconds(),
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the figures: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { // #nosec G301 -- as `make run` makes it
		return fmt.Errorf("write the figures: %w", err)
	}
	if err := os.WriteFile(path, append(raw, '\n'), 0o644); err != nil { // #nosec G306 -- figures are no secret
		return fmt.Errorf("write the figures: %w", err)
	}
	return nil
}
