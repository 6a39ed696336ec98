package repository_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

func TestFailedChangeSavesNothing(t *testing.T) {
	t.Parallel()
	store, db := open(t)
	o := place(t, 1)
	create(t, store, o, nil)
	broken := errors.New("no")
	_, err := store.Update(t.Context(), o.ID, func(o *entity.Order) error {
		return errors.Join(o.Cancel(entity.Cause{Actor: "x", Reason: entity.ClientRequest}, o.CreatedAt), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatalf("Update = %v, want the change's failure", err)
	}
	if got, _ := store.Find(t.Context(), o.ID); got.Status != entity.New || got.Version != 1 {
		t.Errorf("order = %+v, want it as it was", got)
	}
	if n := count(t, db, "SELECT COUNT(*) FROM order_history"); n != 1 {
		t.Errorf("%d rows of history, want 1", n)
	}
}

func TestRacingCancelsTakeOneStep(t *testing.T) {
	t.Parallel()
	store, db := open(t)
	o := place(t, 1)
	create(t, store, o, nil)
	var mu sync.Mutex
	won := 0
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := store.Update(t.Context(), o.ID, cancel)
			switch fault.CodeOf(err) {
			case fault.CodeIllegalStatus:
			default:
				if err != nil {
					t.Errorf("Update: %v", err)
				}
				mu.Lock()
				defer mu.Unlock()
				won++
			}
		})
	}
	all.Wait()
	closes := waiting(t, db, contract.ReservationCloses)
	if won != 1 || closes != 1 {
		t.Errorf("%d cancels succeeded, %d closes sent; want 1 and 1", won, closes)
	}
	steps, err := store.History(t.Context(), o.ID, 0)
	if err != nil || len(steps) != 2 || steps[1].To != entity.Cancelled || steps[1].Reason != entity.ClientRequest {
		t.Errorf("History = %+v, %v; want New and Cancelled", steps, err)
	}
}

func TestOverdueOrdersAreFoundOnceByAllReplicas(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	for range 90 {
		create(t, store, place(t, 1), nil)
	}
	later := newID(t)
	create(t, store, place(t, 1), nil) // not overdue
	var mu sync.Mutex
	cancelled := 0
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for {
				found, err := store.UpdateOverdue(t.Context(), later, 10, func(orders []*entity.Order) error {
					for _, o := range orders {
						if err := cancel(o); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Errorf("UpdateOverdue: %v", err)
				}
				if found == 0 {
					return
				}
				mu.Lock()
				cancelled += found
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if n, err := store.Backlog(t.Context()); cancelled != 90 || n != 1 || err != nil {
		t.Errorf("%d cancelled, %d left (%v); want 90 and 1", cancelled, n, err)
	}
}

func TestChangeOfNoOrdersChangesNothing(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	for _, ids := range [][]id.ID{nil, {newID(t)}} {
		err := store.UpdateAll(t.Context(), ids, func(found []*entity.Order) error {
			if len(found) != 0 {
				t.Errorf("found %d orders", len(found))
			}
			return nil
		})
		if err != nil {
			t.Errorf("UpdateAll(%v) = %v", ids, err)
		}
	}
}

func TestVersionsCountTheStepsOfOrdersThatExist(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	waiting, settled := place(t, 1), place(t, 1)
	create(t, store, waiting, nil)
	create(t, store, settled, nil)
	changeAll(t, store, []*entity.Order{settled}, cancel)
	got, err := store.Versions(t.Context(), []id.ID{waiting.ID, settled.ID, newID(t)})
	if diff := cmp.Diff(map[id.ID]int{waiting.ID: 1, settled.ID: 2}, got); diff != "" || err != nil {
		t.Errorf("Versions (-want +got):\n%s\n%v", diff, err)
	}
}
