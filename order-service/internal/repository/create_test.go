package repository_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/oms-fleet/oms/common/fault"
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
	} {
		if got := count(t, db, query); got != want {
			t.Errorf("%s = %d, want %d", query, got, want)
		}
	}
	if got := waiting(t, db, contract.ValidationRequests); got != 200 {
		t.Errorf("%d requests wait in the outbox, want 200", got)
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

// TestReplicasThatRaceForAKeyPlaceOneOrder is of the order that looked for its
// key before another replica had committed it, and then could not be inserted.
func TestReplicasThatRaceForAKeyPlaceOneOrder(t *testing.T) {
	t.Parallel()
	one, db := open(t)
	other := repository.NewOrders(db, kafka.Records, func(...contract.Record) {})
	for range 50 {
		once := entity.NewOnce("someone", newID(t).String(), nil)
		var all sync.WaitGroup
		var taken [4]bool
		for i := range taken {
			store := []*repository.Orders{one, other}[i%2]
			o := place(t, 1)
			all.Go(func() {
				var err error
				if taken[i], err = store.Create(t.Context(), o, once); err != nil {
					t.Errorf("Create: %v", err)
				}
			})
		}
		all.Wait()
		placed := 0
		for _, t := range taken {
			if !t {
				placed++
			}
		}
		if placed != 1 {
			t.Fatalf("%d orders placed under one key, want 1", placed)
		}
	}
}

func TestLargestBatchesFitIntoTheirStatements(t *testing.T) {
	t.Parallel()
	store, db := open(t)
	orders := make([]*entity.Order, 70) // 20 MB of lines
	for i := range orders {
		orders[i] = place(t, entity.MaxLines)
	}
	createAll(t, store, orders)
	name, image := strings.Repeat("\U0001f4a1", 200), strings.Repeat("\U0001f4a1", 500)
	changeAll(t, store, orders, func(o *entity.Order) error { return confirmAs(o, &name, &image) })
	if n := count(t, db, "SELECT COUNT(*) FROM order_products WHERE CHAR_LENGTH(product_image_url) = 500"); n != 7000 {
		t.Errorf("%d lines got their snapshot, want 7000", n)
	}
}

func TestOrderIsNeverSeenHalfConfirmed(t *testing.T) {
	t.Parallel()
	store, db := open(t)
	o := place(t, 1)
	create(t, store, o, nil)
	// As a reader sees it whose second statement comes after the confirmation.
	db.MustExec("UPDATE order_products SET fulfilled_quantity = 1, product_name = 'Lamp', unit_price = 19.90")
	got, err := store.Find(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(o.Lines, got.Lines); diff != "" {
		t.Errorf("lines of a new order (-want +got):\n%s", diff)
	}
}
