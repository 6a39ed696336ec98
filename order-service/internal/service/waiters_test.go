package service_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

func told(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestTellWakesEverybodyWhoWaitsForTheOrder(t *testing.T) {
	t.Parallel()
	w := service.NewWaiters()
	one, stopOne := w.Expect(id.ID{1}, 1)
	two, stopTwo := w.Expect(id.ID{1}, 7)
	other, stopOther := w.Expect(id.ID{2}, 1)
	w.Tell(id.ID{1}, id.ID{3}, id.ID{1})
	if !told(one) || !told(two) || told(other) {
		t.Errorf("told: %t, %t, and of another order %t", told(one), told(two), told(other))
	}
	stopOne()
	stopTwo()
	stopOther()
	stopOther() // does no harm
	w.Tell(id.ID{1}, id.ID{2})
}

func TestLookWakesThoseWhoWaitForLess(t *testing.T) {
	t.Parallel()
	w := service.NewWaiters()
	behind, _ := w.Expect(id.ID{1}, 1)
	abreast, stop := w.Expect(id.ID{1}, 2)
	gone, _ := w.Expect(id.ID{2}, 1)
	versions := func(_ context.Context, ids []id.ID) (map[id.ID]int, error) {
		if len(ids) != 2 {
			t.Errorf("asked for %d orders, want 2", len(ids))
		}
		return map[id.ID]int{{1}: 2}, nil
	}
	if err := w.Look(t.Context(), versions); err != nil || !told(behind) || told(abreast) || told(gone) {
		t.Errorf("Look = %v, told %t, %t, %t; want only the first", err, told(behind), told(abreast), told(gone))
	}
	stop()
	broken := fault.Unavailablef(nil, "away")
	err := w.Look(t.Context(), func(_ context.Context, ids []id.ID) (map[id.ID]int, error) {
		if len(ids) != 1 || ids[0] != (id.ID{2}) {
			t.Errorf("asked for %v, want the one that is waited for", ids)
		}
		return nil, broken
	})
	if !errors.Is(err, broken) || told(gone) {
		t.Errorf("Look = %v, want the failure and nobody told", err)
	}
}

func TestNoWakeUpIsLost(t *testing.T) {
	t.Parallel()
	w := service.NewWaiters()
	var versions sync.Map // an order's id to its version, as a store keeps it
	var all sync.WaitGroup
	for i := range byte(200) {
		orderID := id.ID{i}
		for range 3 {
			all.Go(func() {
				changed, stop := w.Expect(orderID, 1)
				defer stop()
				if _, there := versions.Load(orderID); !there {
					<-changed
				}
			})
		}
		all.Go(func() {
			versions.Store(orderID, 2)
			w.Tell(orderID)
		})
	}
	all.Wait()
}
