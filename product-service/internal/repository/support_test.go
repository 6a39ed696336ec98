package repository_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/product-service/internal/entity"
	"github.com/oms-fleet/oms/product-service/internal/kafka"
	"github.com/oms-fleet/oms/product-service/internal/repository"
	"github.com/oms-fleet/oms/product-service/internal/repository/migrations"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// warehouse is a database of the test's own, with what was told from it.
type warehouse struct {
	db           *sqlx.DB
	products     *repository.Products
	reservations *repository.Reservations

	mu      sync.Mutex
	records map[id.ID]entity.Event // of transactions that may have been rolled back
	told    []entity.Event         // after a commit
}

func open(t testing.TB) *warehouse {
	t.Helper()
	w := &warehouse{db: databasetest.New(t, migrations.Files), records: map[id.ID]entity.Event{}}
	news := repository.News{
		Record: func(ctx context.Context, e entity.Event) (contract.Record, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			record, err := kafka.EventRecord(ctx, e)
			w.records[record.ID] = e
			return record, err
		},
		Offer: func(records ...contract.Record) {
			w.mu.Lock()
			defer w.mu.Unlock()
			for _, record := range records {
				w.told = append(w.told, w.records[record.ID])
			}
		},
	}
	w.products, w.reservations = repository.NewProducts(w.db, news, time.Now), repository.NewReservations(w.db, news)
	return w
}

func newID(t testing.TB) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// stock adds products with so many units each, at 10.00 since noon.
func (w *warehouse) stock(t testing.TB, units ...int) []id.ID {
	t.Helper()
	products := make([]*entity.Product, len(units))
	ids := make([]id.ID, len(units))
	for i, n := range units {
		products[i] = product(t, entity.Draft{Name: "Thing", Price: 1000, Quantity: n})
		ids[i] = products[i].ID
	}
	if err := w.products.Create(t.Context(), products...); err != nil {
		t.Fatal(err)
	}
	return ids
}

func product(t testing.TB, d entity.Draft) *entity.Product {
	t.Helper()
	p, err := entity.NewProduct(newID(t), d, edit(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// edit is one so many seconds after noon.
func edit(t testing.TB, seconds int) entity.Edit {
	t.Helper()
	return entity.Edit{ID: newID(t), Actor: "someone", At: noon.Add(time.Duration(seconds) * time.Second)}
}

func (w *warehouse) find(t testing.TB, productID id.ID) *entity.Product {
	t.Helper()
	p, err := w.products.Find(t.Context(), productID)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func order(t testing.TB, wants ...entity.Want) entity.Request {
	t.Helper()
	return entity.Request{OrderID: newID(t), ClientID: newID(t), PlacedAt: noon.Add(time.Minute), Wants: wants}
}

func (w *warehouse) reserve(t testing.TB, requests ...entity.Request) []entity.Answer {
	t.Helper()
	answers, err := w.reservations.Reserve(t.Context(), requests, noon.Add(time.Hour))
	if err != nil {
		t.Fatalf("Reserve: %v", err)
	}
	return answers
}

func (w *warehouse) close(t testing.TB, closes ...entity.Close) []error {
	t.Helper()
	refusals, err := w.reservations.Close(t.Context(), closes, noon.Add(2*time.Hour))
	if err != nil {
		t.Fatalf("Close: %v", err)
	}
	return refusals
}

// balance fails unless the stock is what the adjustments and reservations say
// (invariant 2 of the design).
func (w *warehouse) balance(t testing.TB) {
	t.Helper()
	var wrong []struct {
		ID       id.ID `db:"product_id"`
		OnHand   int   `db:"on_hand"`
		Reserved int   `db:"reserved"`
		Stocked  int   `db:"stocked"`
		Shipped  int   `db:"shipped"`
		Held     int   `db:"held"`
	}
	err := w.db.Select(&wrong, `
		SELECT * FROM (
			SELECT p.product_id, p.on_hand, p.reserved,
			       (SELECT COALESCE(SUM(a.delta), 0) FROM stock_adjustments a WHERE a.product_id = p.product_id) AS stocked,
			       (SELECT COALESCE(SUM(l.taken), 0) FROM reservation_lines l JOIN reservations r ON r.order_id = l.order_id
			        WHERE l.product_id = p.product_id AND r.state = 'SHIPPED') AS shipped,
			       (SELECT COALESCE(SUM(l.taken), 0) FROM reservation_lines l JOIN reservations r ON r.order_id = l.order_id
			        WHERE l.product_id = p.product_id AND r.state = 'HELD') AS held
			FROM   products p) s
		WHERE  on_hand <> stocked - shipped OR reserved <> held OR reserved < 0 OR reserved > on_hand`)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range wrong {
		t.Errorf("product out of balance: %+v", p)
	}
}
