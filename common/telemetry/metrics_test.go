package telemetry_test

import (
	"testing"

	"github.com/oms-fleet/oms/common/telemetry"
)

func TestMetricsTellAboutTheProcess(t *testing.T) {
	t.Parallel()
	families, err := telemetry.NewMetrics().Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, f := range families {
		found[f.GetName()] = true
	}
	for _, name := range []string{"go_goroutines", "process_start_time_seconds"} {
		if !found[name] {
			t.Errorf("no metric %s", name)
		}
	}
}
