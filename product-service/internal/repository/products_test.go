package repository_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
	"github.com/oms-fleet/oms/product-service/internal/repository"
)

func TestProductComesBackAsItWasCreated(t *testing.T) {
	t.Parallel()
	w := open(t)
	want := product(t, entity.Draft{Name: "Ärger 🎈", Description: "It's \"quoted\"; DROP TABLE\\", Price: money.MaxPrice, Quantity: 7})
	if err := w.products.Create(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	want.Prices, want.Adjustments, want.Events = nil, nil, nil // not read with it
	if diff := cmp.Diff(w.find(t, want.ID), want); diff != "" {
		t.Errorf("product (-got +want):\n%s", diff)
	}
}

func TestUnknownProductIsNotFound(t *testing.T) {
	t.Parallel()
	w := open(t)
	if _, err := w.products.Find(t.Context(), newID(t)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Find = %v, want NotFound", err)
	}
	_, err := w.products.Update(t.Context(), newID(t), func(*entity.Product) error { return nil })
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("Update = %v, want NotFound", err)
	}
}

func TestSeedAddsOnlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := open(t)
	catalogue := []*entity.Product{product(t, entity.Draft{Name: "A"}), product(t, entity.Draft{Name: "B"}), product(t, entity.Draft{Name: "C"})}
	if err := w.products.Create(t.Context(), catalogue[1]); err != nil {
		t.Fatal(err)
	}
	var replicas sync.WaitGroup
	for range 4 {
		replicas.Go(func() {
			if err := w.products.CreateMissing(t.Context(), catalogue...); err != nil {
				t.Errorf("CreateMissing: %v", err)
			}
		})
	}
	replicas.Wait()
	if err := w.products.Create(t.Context(), catalogue[0]); !errors.Is(err, repository.ErrExists) {
		t.Errorf("Create again = %v, want ErrExists", err)
	}
	for _, p := range catalogue {
		w.find(t, p.ID)
	}
}

func TestFailedChangeSavesNothing(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 5)[0]
	before := w.find(t, productID)
	_, err := w.products.Update(t.Context(), productID, func(p *entity.Product) error {
		price := money.Amount(1)
		if err := p.Apply(entity.Change{Price: &price}, edit(t, 1)); err != nil {
			return err
		}
		return p.Adjust(entity.Count{Delta: new(-9), Reason: "too much"}, edit(t, 1))
	})
	if fault.CodeOf(err) != fault.CodeStockBelowReserved {
		t.Fatalf("Update = %v, want STOCK_BELOW_RESERVED", err)
	}
	if diff := cmp.Diff(w.find(t, productID), before); diff != "" {
		t.Errorf("product (-got +want):\n%s", diff)
	}
}

func TestNewPriceEndsTheOneBefore(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 5)[0]
	for i, price := range []money.Amount{2000, 3000} {
		_, err := w.products.Update(t.Context(), productID, func(p *entity.Product) error {
			return p.Apply(entity.Change{Price: &price}, edit(t, 10+i))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []struct {
		Price money.Amount `db:"price"`
		From  time.Time    `db:"effective_from"`
		To    *time.Time   `db:"effective_to"`
	}
	if err := w.db.Select(&got, "SELECT price, effective_from, effective_to FROM product_prices WHERE product_id = ? ORDER BY effective_from", productID); err != nil {
		t.Fatal(err)
	}
	first, second := noon.Add(10*time.Second), noon.Add(11*time.Second)
	if len(got) != 3 || !got[0].To.Equal(first) || !got[1].From.Equal(first) || !got[1].To.Equal(second) || !got[2].From.Equal(second) || got[2].To != nil {
		t.Errorf("prices = %+v, want three without gap", got)
	}
	if p := w.find(t, productID); p.Price != 3000 || p.Version != 3 {
		t.Errorf("price %s at version %d, want 30.00 at 3", p.Price, p.Version)
	}
}

func TestConcurrentAdjustmentsNeverGoBelowZero(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 30)[0]
	var refused atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			_, err := w.products.Update(t.Context(), productID, func(p *entity.Product) error {
				return p.Adjust(entity.Count{Delta: new(-1), Reason: "breakage"}, edit(t, 1))
			})
			if fault.CodeOf(err) == fault.CodeStockBelowReserved {
				refused.Add(1)
			} else if err != nil {
				t.Errorf("Update: %v", err)
			}
		})
	}
	all.Wait()
	if p := w.find(t, productID); p.Stock.OnHand != 0 || refused.Load() != 20 || p.Version != 31 {
		t.Errorf("%d on hand at version %d, %d refused; want 0, 31, 20", p.Stock.OnHand, p.Version, refused.Load())
	}
	w.balance(t)
}

func TestAdjustmentsAreListedInPages(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 1)[0]
	for range 4 {
		_, err := w.products.Update(t.Context(), productID, func(p *entity.Product) error {
			return p.Adjust(entity.Count{Delta: new(1), Reason: "delivery"}, edit(t, 1))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var balances []int
	q := page.Query{Limit: 2, By: entity.SortCreatedAt, Descending: true}
	for {
		found, err := w.products.Adjustments(t.Context(), productID, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range found.Items {
			balances = append(balances, a.OnHand)
		}
		if q.After = found.Next; q.After == nil {
			break
		}
	}
	if diff := cmp.Diff(balances, []int{5, 4, 3, 2, 1}); diff != "" {
		t.Errorf("balances (-got +want):\n%s", diff)
	}
}

func TestTablesRefuseToOversell(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 5)[0]
	for _, set := range []string{"reserved = 6", "reserved = -1", "on_hand = -1"} {
		if _, err := w.db.Exec("UPDATE products SET "+set+" WHERE product_id = ?", productID); err == nil {
			t.Errorf("UPDATE products SET %s was accepted", set)
		}
	}
}
