//go:build faultpoints

// Package faults_test hurts a fleet of real processes under load, one way a
// test, and then holds every promise against it. See docs/reliability.md for
// which fault is tried where. `make faults` runs it.
package faults_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/fleettest"
)

const (
	perSecond = 12 // orders: four fleets and the tests share two cores

	// slowest is what no recovery may exceed on any machine. The figures that
	// are printed are the measure, see docs/reliability.md.
	slowest = 90 * time.Second
)

var seed = flag.Uint64("seed", 1, "of everything that happens by chance")

func TestMain(m *testing.M) {
	status := m.Run()
	fleets.close()
	fleettest.Clean()
	os.Exit(status)
}

// fleets are lent to one test at a time.
var fleets pool

type pool struct {
	mu   sync.Mutex
	idle []*fleettest.Fleet
}

// lend returns an idle fleet, or a new one. One that a test failed with may be
// the worse for it and is not lent again.
func (p *pool) lend(t *testing.T) *fleettest.Fleet {
	t.Helper()
	f := p.take()
	if f == nil {
		var err error
		if f, err = fleettest.Open(nil); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			f.Close()
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.idle = append(p.idle, f)
	})
	f.Tell(t)
	return f
}

func (p *pool) take() (f *fleettest.Fleet) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		f, p.idle = p.idle[n-1], p.idle[:n-1]
	}
	return f
}

func (p *pool) close() {
	for f := p.take(); f != nil; f = p.take() {
		f.Close()
	}
}

// begin returns a fleet under load, and a source of chance. Tests run side by
// side: each waits most of its time.
func begin(t *testing.T) (*fleettest.Fleet, *fleettest.Load, *rand.Rand) {
	t.Helper()
	t.Parallel()
	f := fleets.lend(t)
	chance := rand.New(rand.NewPCG(*seed, uint64(len(t.Name()))))
	l := f.Load(t, perSecond, chance.Uint64())
	recovers(t, l, "an undisturbed moment", time.Now())
	return f, l, chance
}

// end holds the promises against the fleet.
func end(t *testing.T, f *fleettest.Fleet, l *fleettest.Load) {
	t.Helper()
	t.Logf("outcome: %s", f.KeepsItsPromises(t, l, 0))
}

// recovers measures and prints how long a client who comes at that moment waits
// for a confirmed order.
func recovers(t *testing.T, l *fleettest.Load, after string, since time.Time) time.Duration {
	t.Helper()
	took := l.Recovery(t, since)
	t.Logf("figure: after %s an order is confirmed in %.2f s", after, took.Seconds())
	if took > slowest {
		t.Errorf("after %s an order was confirmed in %s, at most %s is allowed", after, took, slowest)
	}
	return took
}

// calm lets the load run undisturbed for up to so long.
func calm(chance *rand.Rand, most time.Duration) {
	time.Sleep(time.Duration(chance.Int64N(int64(most))))
}
