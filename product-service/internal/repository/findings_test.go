package repository_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
	"github.com/oms-fleet/oms/product-service/internal/kafka"
	"github.com/oms-fleet/oms/product-service/internal/repository"
)

// names searches and returns what is found, by name.
func names(t *testing.T, products *repository.Products, s entity.Search) (found []string) {
	t.Helper()
	s.Page.By, s.Page.Limit = entity.SortName, 50
	if s.Status == "" {
		s.Status = entity.Active
	}
	result, err := products.Search(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range result.Items {
		found = append(found, p.Name)
	}
	return found
}

// What a replica remembers of a search is forgotten with the next change of the
// catalogue, whoever makes it: the one that does here has no Redis to tell
// others by, as if it died after its commit.
func TestSearchesFindEveryChangeAtOnceThoughNobodyTellsOfIt(t *testing.T) {
	t.Parallel()
	w, server := open(t), startRedis(t)
	cached, _ := w.replica(t, server.address)
	plain := repository.NewProducts(w.db, repository.News{Record: kafka.EventRecord, Offer: func(...contract.Record) {}}, time.Now)
	lamp := product(t, entity.Draft{Name: "Lamp", Price: 1000})
	if err := w.products.Create(t.Context(), lamp); err != nil {
		t.Fatal(err)
	}
	update := func(change func(p *entity.Product) error) func() error {
		return func() error {
			_, err := w.products.Update(t.Context(), lamp.ID, change)
			return err
		}
	}
	due := noon.Add(time.Hour)
	steps := []struct {
		what   string
		change func() error
		search entity.Search
		want   []string
	}{
		{"a new product", func() error {
			return w.products.Create(t.Context(), product(t, entity.Draft{Name: "Lamprey", Price: 900}))
		}, entity.Search{Text: "lamp"}, []string{"Lamp", "Lamprey"}},
		{"a name", update(func(p *entity.Product) error { return p.Apply(entity.Change{Name: new("Desk")}, edit(t, 1)) }), entity.Search{Text: "lamp"}, []string{"Lamprey"}},
		{"a description", update(func(p *entity.Product) error { return p.Apply(entity.Change{Description: new("no lamp")}, edit(t, 2)) }), entity.Search{Text: "lamp"}, []string{"Desk", "Lamprey"}},
		{"a price", update(func(p *entity.Product) error {
			return p.Apply(entity.Change{Price: new(money.Amount(500))}, edit(t, 3))
		}), entity.Search{MinPrice: new(money.Amount(600))}, []string{"Lamprey"}},
		{"a price to come", update(func(p *entity.Product) error { _, err := p.SetPrice(800, due, edit(t, 4)); return err }), entity.Search{MinPrice: new(money.Amount(600))}, []string{"Lamprey"}},
		{"a price that is due", func() error { return w.advance(t, due) }, entity.Search{MinPrice: new(money.Amount(600))}, []string{"Desk", "Lamprey"}},
		{"a status", update(func(p *entity.Product) error { return p.Apply(entity.Change{Status: new(entity.Archived)}, edit(t, 5)) }), entity.Search{Text: "lamp"}, []string{"Lamprey"}},
		{"the same, for admins", func() error { return nil }, entity.Search{Status: entity.Archived}, []string{"Desk"}},
		{"an import of new products", func() error {
			return w.products.Import(t.Context(), []*entity.Product{product(t, entity.Draft{Name: "Lampion", Price: 100})}, nil, func(int, *entity.Product) {}, func() bool { return true })
		}, entity.Search{Text: "lamp"}, []string{"Lampion", "Lamprey"}},
	}
	replicas := map[string]*repository.Products{"with Redis": cached, "without": plain}
	for _, step := range steps {
		for _, replica := range replicas { // so that it is remembered
			names(t, replica, step.search)
		}
		if err := step.change(); err != nil {
			t.Fatalf("%s: %v", step.what, err)
		}
		for name, replica := range replicas {
			// What a product is like may be a second old with a cache.
			deadline := time.Now().Add(time.Second)
			for {
				got := names(t, replica, step.search)
				if wrong := cmp.Diff(got, step.want); wrong == "" {
					break
				} else if replica == plain || time.Now().After(deadline) {
					t.Errorf("%s, %s (-got +want):\n%s", step.what, name, wrong)
					break
				}
			}
		}
	}
}

// Orders and adjustments change stock, and nothing that is counted for searches.
func TestStockLeavesWhatIsRememberedAlone(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 5, 5)
	before := w.changes(t)
	w.reserve(t, order(t, entity.Want{ProductID: ids[0], Units: 5}))
	_, err := w.products.Update(t.Context(), ids[1], func(p *entity.Product) error {
		return p.Adjust(entity.Count{Delta: new(-1), Reason: "broken"}, edit(t, 1))
	})
	if err != nil {
		t.Fatal(err)
	}
	if after := w.changes(t); after != before {
		t.Errorf("%d changes were counted", after-before)
	}
	// What is sold out is left out all the same, and what is shown is as of now.
	s := entity.Search{Status: entity.Active, InStock: new(true), Page: page.Query{Limit: 1, By: entity.SortCreatedAt}}
	found, err := w.products.Search(t.Context(), s)
	if err != nil || len(found.Items) != 1 || found.Next != nil || found.Items[0].ID != ids[1] || found.Items[0].Stock.Available() != 4 {
		t.Errorf("found %+v, %v; want the other product alone, 4 of it", found, err)
	}
}

func (w *warehouse) changes(t *testing.T) (n int) {
	t.Helper()
	if err := w.db.Get(&n, "SELECT SUM(changes) FROM catalogue_changes"); err != nil {
		t.Fatal(err)
	}
	return n
}

// A page of what can be ordered is full though most of what is looked at is sold
// out.
func TestPagesOfWhatIsInStockAreFullHoweverMuchIsSoldOut(t *testing.T) {
	t.Parallel()
	w := open(t)
	units := make([]int, 60)
	for i := 0; i < len(units); i += 10 {
		units[i] = 1
	}
	ids := w.stock(t, units...)
	s := entity.Search{Status: entity.Active, InStock: new(true), Page: page.Query{Limit: 2, By: entity.SortCreatedAt}}
	for place := 0; place < len(units); place += 20 {
		found, err := w.products.Search(t.Context(), s)
		if err != nil || len(found.Items) != 2 || found.Items[0].ID != ids[place] || found.Items[1].ID != ids[place+10] {
			t.Fatalf("from %d on: found %+v, %v", place, found.Items, err)
		}
		if last := place == 40; last != (found.Next == nil) {
			t.Errorf("from %d on: next is %v", place, found.Next)
		}
		s.Page.After = found.Next
	}
}
