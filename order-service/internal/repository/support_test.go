package repository_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/kafka"
	"github.com/oms-fleet/oms/order-service/internal/repository"
)

func open(t testing.TB) (*repository.Orders, *sqlx.DB) {
	t.Helper()
	files, err := repository.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	db := databasetest.New(t, files)
	return repository.NewOrders(db, kafka.Records, func(...contract.Record) {}), db
}

func create(t testing.TB, store *repository.Orders, o *entity.Order, once *entity.Once) {
	t.Helper()
	if taken, err := store.Create(context.WithoutCancel(t.Context()), o, once); taken || err != nil {
		t.Fatalf("Create = %t, %v", taken, err)
	}
}

// place makes an order of so many products, settled by nobody yet.
func place(t testing.TB, products int) *entity.Order {
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

func cancel(o *entity.Order) error {
	return o.Cancel(entity.Cause{Actor: "someone", Reason: entity.ClientRequest}, o.CreatedAt)
}

func newID(t testing.TB) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func count(t testing.TB, db *sqlx.DB, query string) (n int) {
	t.Helper()
	if err := db.Get(&n, query); err != nil {
		t.Fatal(err)
	}
	return n
}

// waiting counts the messages of a topic in the outbox.
func waiting(t testing.TB, db *sqlx.DB, topic string) (n int) {
	t.Helper()
	records, err := outbox.Waiting(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if r.Topic == topic {
			n++
		}
	}
	return n
}

// createAll saves orders that arrive together, each under a key of its own.
func createAll(t testing.TB, store *repository.Orders, orders []*entity.Order) {
	t.Helper()
	var all sync.WaitGroup
	for _, o := range orders {
		all.Go(func() {
			if taken, err := store.Create(t.Context(), o, entity.NewOnce("someone", o.ID.String(), nil)); taken || err != nil {
				t.Errorf("Create = %t, %v", taken, err)
			}
		})
	}
	all.Wait()
}

// changeAll changes orders in one transaction.
func changeAll(t testing.TB, store *repository.Orders, orders []*entity.Order, change func(*entity.Order) error) {
	t.Helper()
	ids := make([]id.ID, len(orders))
	for i, o := range orders {
		ids[i] = o.ID
	}
	err := store.UpdateAll(t.Context(), ids, func(found []*entity.Order) error {
		if len(found) != len(orders) {
			t.Errorf("UpdateAll finds %d orders, want %d", len(found), len(orders))
		}
		for _, o := range found {
			if err := change(o); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("UpdateAll: %v", err)
	}
}

// confirm settles an order in full.
func confirm(o *entity.Order) error {
	name, image := "Desk lamp with a green shade", "/v1/products/01999e2b-53f4-7b7a-9a55-0d3c6f1e2a10/image"
	return confirmAs(o, &name, &image)
}

func confirmAs(o *entity.Order, name, image *string) error {
	price := money.Amount(1990)
	answer := entity.Answer{OrderID: o.ID, Result: entity.Full}
	for _, l := range o.Lines {
		answer.Lines = append(answer.Lines, entity.AnsweredLine{
			ProductID: l.ProductID, Name: name, ImageURL: image, Requested: l.Purchased, Taken: l.Purchased, UnitPrice: &price,
		})
	}
	_, misfit := o.Settle(answer, o.CreatedAt)
	return misfit
}
