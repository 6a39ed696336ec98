//go:build faultpoints

package faults_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/fleettest"
)

var seconds = flag.Int("seconds", 0, "how long to torture; 0: not at all")

// Harms by chance, one after the other and sometimes two at once, for as long as
// is asked for: `make torture SECONDS=… SEED=…`. The seed decides what happens
// and in which order; when exactly is the machine's affair.
func TestTorture(t *testing.T) {
	if *seconds == 0 {
		t.Skip("for `make torture`")
	}
	f, l, chance := begin(t)
	harms := slices.Concat(killing(), pausing(), linksHurt(), acksDropped(), pointsReached(), company())
	if os.Getenv("FLEET_MYSQL")+os.Getenv("FLEET_REDIS")+os.Getenv("FLEET_KAFKA") == "" { // given stores are not ours to kill
		harms = slices.Concat(harms, storesKilled(), storesPaused())
	}
	t.Logf("torture of %d s, seed %d, %d kinds of harm, %d orders/s", *seconds, *seed, len(harms), perSecond)
	var worst figure
	began := time.Now()
	for time.Since(began) < time.Duration(*seconds)*time.Second {
		calm(chance, 2*time.Second)
		h := harms[chance.IntN(len(harms))]
		name, healed := h.name, time.Time{}
		if other := harms[chance.IntN(len(harms))]; chance.IntN(4) == 0 && other.name != name {
			name, healed = name+" and at once "+other.name, atOnce(t, f, chance, h, other)
		} else {
			healed = h.do(t, f, chance)
		}
		worst.add(name, recovers(t, l, name, healed))
	}
	t.Logf("outcome of %d harms: %s", worst.count, f.KeepsItsPromises(t, l, 10*time.Second))
	t.Logf("figure: the slowest recovery was %s", worst)
}

// atOnce does two harms side by side and returns when both are over.
func atOnce(t *testing.T, f *fleettest.Fleet, chance *rand.Rand, one, other harm) time.Time {
	t.Helper()
	own := rand.New(rand.NewPCG(chance.Uint64(), 0))
	done := make(chan struct{})
	go func() { defer close(done); other.do(t, f, own) }()
	one.do(t, f, chance)
	<-done
	return time.Now()
}

// company has a further process of a service join, and leave or die after a
// while.
func company() (harms []harm) {
	for _, service := range []string{"order-service", "product-service"} {
		harms = append(harms, harm{"company of " + service, func(t *testing.T, f *fleettest.Fleet, chance *rand.Rand) time.Time {
			r := f.Join(t, service, "")
			calm(chance, 4*time.Second)
			at := time.Now()
			if chance.IntN(2) == 0 {
				r.Leave(t)
			} else {
				r.Kill()
			}
			return at
		}})
	}
	return harms
}

// figure is the longest of some times.
type figure struct {
	count   int
	longest time.Duration
	after   string
}

func (m *figure) add(after string, took time.Duration) {
	m.count++
	if took > m.longest {
		m.longest, m.after = took, after
	}
}

// String tells the longest, and after what it was.
func (m figure) String() string { return fmt.Sprintf("%.2f s, after %s", m.longest.Seconds(), m.after) }
