package process

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How often Rest looks, and less than how much allocated since its last look
// counts as rest.
const (
	restPeriod = 2 * time.Second
	restBytes  = 1 << 20
)

// Rest gives the memory that a load has needed back to the system as soon as the
// process rests, until ctx ends. By itself the runtime keeps most of it: after a
// load order-service held 68 MiB instead of 36, user-service 83 instead of 31.
func Rest(ctx context.Context) {
	ticker := time.NewTicker(restPeriod)
	defer ticker.Stop()
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	var before uint64
	given := false // since the last load
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		metrics.Read(sample)
		allocated := sample[0].Value.Uint64()
		rests := allocated-before < restBytes
		if rests && !given {
			debug.FreeOSMemory()
		}
		before, given = allocated, rests
	}
}
