package process_test

import (
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/process"
)

func TestMemoryGoesBackWhenTheProcessRests(t *testing.T) {
	const load = 256 << 20
	runtime.KeepAlive(make([]byte, load))
	before := unused(t)
	go process.Rest(t.Context())
	for end := time.Now().Add(30 * time.Second); unused(t) > before-load/2; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d MiB are held that nobody uses, %d MiB before", unused(t)>>20, before>>20)
		}
	}
}

// unused is how many bytes the process holds for its heap, garbage included.
func unused(t *testing.T) int64 {
	t.Helper()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64() + sample[1].Value.Uint64())
}
