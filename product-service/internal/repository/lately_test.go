package repository

import (
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
)

func TestLatelyKnowsWhatWasAskedForInItsPeriod(t *testing.T) {
	t.Parallel()
	var l lately
	at := time.Unix(1000, 0)
	for _, step := range []struct {
		key   byte
		after time.Duration
		want  bool
	}{
		{'a', 0, false},
		{'a', time.Millisecond, true},
		{'b', latelyPeriod - 2*time.Millisecond, false},
		{'a', latelyPeriod, true},
		{'b', 0, true},
		{'c', latelyPeriod, false},
		{'c', 2 * latelyPeriod, true},
		{'a', 0, false},
	} {
		if at = at.Add(step.after); l.again(id.ID{step.key}, at) != step.want {
			t.Errorf("%c after %s: again is %t", step.key, at.Sub(time.Unix(1000, 0)), !step.want)
		}
	}
}
