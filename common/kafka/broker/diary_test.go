package broker_test

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/oms-fleet/oms/common/kafka/broker"
)

// diary notes what a handler was given.
type diary struct {
	mu      sync.Mutex
	batches [][]string
	counts  map[string]int
}

// note is a handler that notes everything and succeeds.
func (d *diary) note(_ context.Context, batch []*broker.Message) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	bodies := make([]string, len(batch))
	if d.counts == nil {
		d.counts = make(map[string]int)
	}
	for i, m := range batch {
		bodies[i] = string(m.Value)
		d.counts[bodies[i]]++
	}
	d.batches = append(d.batches, bodies)
	return nil
}

// has reports whether all bodies were handled at least once.
func (d *diary) has(bodies ...string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !slices.ContainsFunc(bodies, func(b string) bool { return d.counts[b] == 0 })
}

func (d *diary) count(body string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counts[body]
}

func (d *diary) size() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.counts)
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
