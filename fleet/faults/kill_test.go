//go:build faultpoints

package faults_test

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/fleettest"
)

// Each service is killed several times, at moments by chance.
func TestKilledServicesLoseNothing(t *testing.T) {
	f := fleettest.Start(t, nil)
	l := f.Load(t, perSecond, 1)
	chance := rand.New(rand.NewPCG(7, 7))
	for range 3 {
		for _, service := range []string{"order-service", "product-service", "user-service"} {
			calm(time.Duration(chance.IntN(1500)) * time.Millisecond)
			at := time.Now()
			f.Signal(t, service, syscall.SIGKILL)
			recovers(t, l, "kill -9 of "+service, at)
		}
	}
	t.Log(f.KeepsItsPromises(t, l, 0))
}
