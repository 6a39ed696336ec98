//go:build faultpoints

package faults_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/faultpoint"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/fleet/internal/fleettest"
)

// zombie is longer than the session of a consumer group: others have the
// process's partitions when it wakes up.
const zombie = 5 * time.Second

// harm is something that happens to a fleet under load. It returns the moment
// from which on all could be well again.
type harm struct {
	name string
	do   func(t *testing.T, f *fleettest.Fleet, chance *rand.Rand) (healed time.Time)
}

// killing ends the processes of services: what counts is the time from death.
func killing() (harms []harm) {
	for _, service := range []string{"order-service", "product-service", "user-service"} {
		harms = append(harms, harm{"kill -9 of " + service, func(t *testing.T, f *fleettest.Fleet, _ *rand.Rand) time.Time {
			at := time.Now()
			f.Kill(t, service)
			return at
		}})
	}
	// A process that dies while it joins its group is a member whom the others
	// wait for.
	for _, service := range []string{"order-service", "product-service"} {
		harms = append(harms, harm{"kill -9 of " + service + " twice", func(t *testing.T, f *fleettest.Fleet, chance *rand.Rand) time.Time {
			f.Kill(t, service)
			time.Sleep(500*time.Millisecond + time.Duration(chance.Int64N(int64(time.Second))))
			at := time.Now()
			f.Kill(t, service)
			return at
		}})
	}
	return harms
}

// burying leaves processes in the groups that were killed where a service now
// runs, as happens to one that dies again while it joins, and then kills the
// service too. None of the dead would leave by itself while the test lasts.
func burying() (harms []harm) {
	for _, group := range []struct{ service, group, topic string }{
		{"order-service", "order-service", contract.ValidationResponses},
		{"product-service", "product-service." + contract.ValidationRequests, contract.ValidationRequests},
	} {
		harms = append(harms, harm{"kill -9 of " + group.service + " beside one that is dead", func(t *testing.T, f *fleettest.Fleet, _ *rand.Rand) time.Time {
			f.Bury(t, group.group, group.topic)
			at := time.Now()
			f.Kill(t, group.service)
			return at
		}})
	}
	return harms
}

// pausing stops processes where they stand for longer than their session.
func pausing() (harms []harm) {
	for _, service := range []string{"order-service", "product-service", "user-service"} {
		harms = append(harms, harm{"SIGSTOP of " + service, func(t *testing.T, f *fleettest.Fleet, _ *rand.Rand) time.Time {
			f.Pause(t, service, zombie)
			return time.Now()
		}})
	}
	return harms
}

// storesKilled ends stores; what counts is the time since they answer again.
func storesKilled() (harms []harm) {
	for _, store := range []string{"kafka", "database", "redis"} {
		harms = append(harms, harm{"kill -9 of " + store, func(t *testing.T, f *fleettest.Fleet, _ *rand.Rand) time.Time {
			f.Kill(t, store)
			f.AwaitStore(t, store)
			return time.Now()
		}})
	}
	return harms
}

func storesPaused() (harms []harm) {
	for _, store := range []string{"kafka", "database", "redis"} {
		harms = append(harms, harm{"SIGSTOP of " + store, func(t *testing.T, f *fleettest.Fleet, _ *rand.Rand) time.Time {
			f.Pause(t, store, 4*time.Second)
			return time.Now()
		}})
	}
	return harms
}

// ways are the connections that the saga depends on.
func ways() [][2]string {
	return [][2]string{{"order-service", "database"}, {"order-service", "kafka"}, {"product-service", "database"}, {"product-service", "kafka"}}
}

// linksHurt cuts, breaks, stalls and slows single connections for a while.
func linksHurt() (harms []harm) {
	hurts := []struct {
		what string
		do   func(*fleettest.Link)
	}{
		{"cut", (*fleettest.Link).Cut},
		{"broken", (*fleettest.Link).Break},
		{"stalled", (*fleettest.Link).Stall},
		{"slow", func(l *fleettest.Link) { l.Slow(150 * time.Millisecond) }},
	}
	for _, way := range ways() {
		for _, hurt := range hurts {
			harms = append(harms, harm{way[0] + "'s way to " + way[1] + " " + hurt.what, func(t *testing.T, f *fleettest.Fleet, chance *rand.Rand) time.Time {
				link := f.Link(t, way[0], way[1])
				hurt.do(link)
				calm(chance, 4*time.Second)
				link.Heal()
				return time.Now()
			}})
		}
	}
	return harms
}

// acksDropped has the broker store what it does not confirm.
func acksDropped() (harms []harm) {
	for _, service := range []string{"order-service", "product-service"} {
		harms = append(harms, harm{"acknowledgements to " + service + " dropped", func(t *testing.T, f *fleettest.Fleet, _ *rand.Rand) time.Time {
			link := f.Link(t, service, "kafka")
			link.DropAcks(3)
			f.AwaitDropped(t, link)
			return time.Now()
		}})
	}
	return harms
}

// pointsReached lets a process die exactly between two steps.
func pointsReached() (harms []harm) {
	for _, point := range []string{
		faultpoint.BeforeHandover, faultpoint.BeforePublish, faultpoint.BeforeDelete, faultpoint.BeforeAnswers, faultpoint.BeforeCommit, faultpoint.BeforeReply,
	} {
		harms = append(harms, harm{"a death at " + point, func(t *testing.T, f *fleettest.Fleet, _ *rand.Rand) time.Time {
			f.Arm(t, point, 0)
			f.AwaitReached(t, point)
			return time.Now()
		}})
	}
	return append(harms, harm{"a death at " + faultpoint.SweepDelete, func(t *testing.T, f *fleettest.Fleet, _ *rand.Rand) time.Time {
		f.Arm(t, faultpoint.SweepDelete, 0)
		// The table has something to sweep after a death before the publishing.
		f.Arm(t, faultpoint.BeforePublish, 0)
		f.AwaitReached(t, faultpoint.SweepDelete)
		return time.Now()
	}})
}

// suffers does all the harms, one after the other, in an order by chance.
func suffers(t *testing.T, harms []harm) {
	t.Helper()
	f, l, chance := begin(t)
	for _, i := range chance.Perm(len(harms)) {
		calm(chance, time.Second)
		healed := harms[i].do(t, f, chance)
		recovers(t, l, harms[i].name, healed)
	}
	end(t, f, l)
}

func TestKilledServicesLoseNothing(t *testing.T) {
	suffers(t, slices.Concat(killing(), killing(), burying()))
}
func TestSleepersWakeUpHarmless(t *testing.T)           { suffers(t, pausing()) }
func TestKilledStoresLoseNothing(t *testing.T)          { suffers(t, storesKilled()) }
func TestStoresThatStallLoseNothing(t *testing.T)       { suffers(t, storesPaused()) }
func TestBadConnectionsLoseNothing(t *testing.T)        { suffers(t, linksHurt()) }
func TestUnconfirmedMessagesHaveOneEffect(t *testing.T) { suffers(t, acksDropped()) }
func TestDeathBetweenTwoStepsLosesNothing(t *testing.T) { suffers(t, pointsReached()) }
