package repository_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/kafka"
	"github.com/oms-fleet/oms/order-service/internal/repository"
)

func TestOrderComesBackAsItWasPlaced(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	want := place(t, 3)
	want.QuoteID, want.ClientName = newID(t), "Ada Lovelace"
	create(t, store, want, nil)
	got, err := store.Find(t.Context(), want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(entity.Order{})); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestUnknownOrderIsNotFound(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	if _, err := store.Find(t.Context(), newID(t)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Find = %v, want NotFound", err)
	}
	change := func(*entity.Order) error { return nil }
	if _, err := store.Update(t.Context(), newID(t), change); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Update = %v, want NotFound", err)
	}
}

func TestOrdersThatArriveTogetherAreAllSavedWithTheirMessages(t *testing.T) {
	t.Parallel()
	store, db := open(t)
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if taken, err := store.Create(t.Context(), place(t, 2), nil); taken || err != nil {
				t.Errorf("Create = %t, %v", taken, err)
			}
		})
	}
	all.Wait()
	for query, want := range map[string]int{
		"SELECT COUNT(*) FROM orders": 200, "SELECT COUNT(*) FROM order_products": 400, "SELECT COUNT(*) FROM order_history": 200,
		"SELECT COUNT(*) FROM outbox WHERE topic = 'product.validate.request'": 200,
	} {
		if got := count(t, db, query); got != want {
			t.Errorf("%s = %d, want %d", query, got, want)
		}
	}
	if n, err := store.Backlog(t.Context()); n != 200 || err != nil {
		t.Errorf("Backlog = %d, %v; want 200", n, err)
	}
}

func TestOneIdempotencyKeyIsUsedOnce(t *testing.T) {
	t.Parallel()
	store, db := open(t)
	once := entity.NewOnce("someone", "key", []byte("request"))
	var mu sync.Mutex
	var kept []*entity.Order
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			o := place(t, 1)
			taken, err := store.Create(t.Context(), o, once)
			if err != nil {
				t.Errorf("Create: %v", err)
			}
			if !taken {
				mu.Lock()
				defer mu.Unlock()
				kept = append(kept, o)
			}
		})
	}
	all.Wait()
	if n := count(t, db, "SELECT COUNT(*) FROM orders"); n != 1 || len(kept) != 1 {
		t.Fatalf("%d orders saved, %d told so; want 1 and 1", n, len(kept))
	}
	found, request, err := store.FindOnce(t.Context(), once.Key)
	if err != nil || found.ID != kept[0].ID || request != once.Request {
		t.Errorf("FindOnce = %v, %x, %v; want order %s", found, request, err, kept[0].ID)
	}
	if _, _, err := store.FindOnce(t.Context(), entity.NewOnce("other", "key", nil).Key); fault.KindOf(err) != fault.NotFound {
		t.Errorf("FindOnce of another's key = %v, want NotFound", err)
	}
}

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
	closes := count(t, db, "SELECT COUNT(*) FROM outbox WHERE topic = 'product.reservation.close'")
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

func TestSettledAreThoseThatLeftNew(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	waiting, settled := place(t, 1), place(t, 1)
	create(t, store, waiting, nil)
	create(t, store, settled, nil)
	if _, err := store.Update(t.Context(), settled.ID, cancel); err != nil {
		t.Fatal(err)
	}
	got, err := store.Settled(t.Context(), []id.ID{waiting.ID, settled.ID, newID(t)})
	if err != nil || len(got) != 1 || got[0] != settled.ID {
		t.Errorf("Settled = %v, %v; want only %s", got, err, settled.ID)
	}
}

func cancel(o *entity.Order) error {
	return o.Cancel(entity.Cause{Actor: "someone", Reason: entity.ClientRequest}, o.CreatedAt)
}

func open(t *testing.T) (*repository.Orders, *sqlx.DB) {
	t.Helper()
	files, err := repository.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	db := databasetest.New(t, files)
	return repository.NewOrders(db, kafka.Records, func(...contract.Record) {}), db
}

func create(t *testing.T, store *repository.Orders, o *entity.Order, once *entity.Once) {
	t.Helper()
	if taken, err := store.Create(context.WithoutCancel(t.Context()), o, once); taken || err != nil {
		t.Fatalf("Create = %t, %v", taken, err)
	}
}

// place makes an order of so many products, settled by nobody yet.
func place(t *testing.T, products int) *entity.Order {
	t.Helper()
	draft := entity.Draft{ClientID: newID(t), Address: "1 Main Street"}
	for i := range products {
		draft.Lines = append(draft.Lines, entity.Line{ProductID: newID(t), Purchased: i + 1})
	}
	o, err := entity.Place(newID(t), draft, entity.Cause{Actor: "someone", TraceID: fmt.Sprintf("%032x", 1)})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func newID(t *testing.T) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func count(t *testing.T, db *sqlx.DB, query string) (n int) {
	t.Helper()
	if err := db.Get(&n, query); err != nil {
		t.Fatal(err)
	}
	return n
}
