package repository_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/repository"
)

func TestPagesOfEverySortOrderHoldEveryOrderOnceAndInOrder(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	want := shelf(t, store)
	value := map[string]func(a, b *entity.Order) int{
		entity.ByCreatedAt: func(a, b *entity.Order) int { return a.CreatedAt.Compare(b.CreatedAt) },
		entity.ByUpdatedAt: func(a, b *entity.Order) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
		entity.ByStatus:    func(a, b *entity.Order) int { return cmp.Compare(a.Status, b.Status) },
		entity.ByTotalPrice: func(a, b *entity.Order) int {
			return cmp.Compare(amount(a), amount(b))
		},
	}
	for by, compare := range value {
		for _, descending := range []bool{false, true} {
			got := all(t, store, entity.Filter{}, page.Query{Limit: 3, By: by, Descending: descending})
			if len(got) != len(want) {
				t.Errorf("by %s: %d orders, want %d", by, len(got), len(want))
			}
			sorted := slices.IsSortedFunc(got, func(a, b *entity.Order) int {
				if descending {
					a, b = b, a
				}
				return compare(a, b)
			})
			if !sorted {
				t.Errorf("by %s, descending %t: not in order", by, descending)
			}
		}
	}
}

func TestFiltersSelect(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	orders := shelf(t, store)
	middle := orders[5]
	after := middle.CreatedAt
	tests := map[string]struct {
		filter entity.Filter
		keep   func(*entity.Order) bool
	}{
		"client":  {entity.Filter{ClientID: middle.ClientID}, func(o *entity.Order) bool { return o.ClientID == middle.ClientID }},
		"status":  {entity.Filter{Status: entity.Cancelled}, func(o *entity.Order) bool { return o.Status == entity.Cancelled }},
		"created": {entity.Filter{CreatedAfter: after}, func(o *entity.Order) bool { return !o.CreatedAt.Before(after) }},
		"before":  {entity.Filter{CreatedBefore: after}, func(o *entity.Order) bool { return o.CreatedAt.Before(after) }},
		"updated": {entity.Filter{UpdatedAfter: after}, func(o *entity.Order) bool { return !o.UpdatedAt.Before(after) }},
		"both":    {entity.Filter{UpdatedBefore: after, Status: entity.New}, func(o *entity.Order) bool { return o.UpdatedAt.Before(after) && o.Status == entity.New }},
	}
	for name, tt := range tests {
		want := 0
		for _, o := range orders {
			if tt.keep(o) {
				want++
			}
		}
		got := all(t, store, tt.filter, page.Query{Limit: 100, By: entity.ByCreatedAt})
		for _, o := range got {
			if !tt.keep(o) {
				t.Errorf("%s: order %+v does not belong", name, o)
			}
		}
		if len(got) != want {
			t.Errorf("%s: %d orders, want %d", name, len(got), want)
		}
	}
}

func TestForgedCursorIsTheCallersMistake(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	for by, values := range map[string][]string{
		entity.ByUpdatedAt:  {"'; DROP TABLE orders", "2026-01-02", "2026-01-02 03:04:05,000", "0000-01-02 03:04:05.000"},
		entity.ByTotalPrice: {"'; DROP TABLE orders", "1e3", "007"},
		entity.ByStatus:     {"'; DROP TABLE orders", "NOVÝ", ""},
	} {
		for _, forged := range values {
			_, err := store.Search(t.Context(), entity.Filter{}, page.Query{Limit: 1, By: by, After: &page.Key{Value: &forged, ID: newID(t)}})
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("by %s after %q: %v, want Invalid", by, forged, err)
			}
		}
	}
}

func TestLimitsOfTimeMayBeAnyMoment(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	o := place(t, 1)
	create(t, store, o, nil)
	at, fine := o.CreatedAt, time.Nanosecond
	epoch, first, last := time.Unix(0, 0), time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	for name, tt := range map[string]struct {
		filter entity.Filter
		want   int
	}{
		"created at the moment":        {entity.Filter{CreatedAfter: at, CreatedBefore: at.Add(fine)}, 1},
		"created a moment later":       {entity.Filter{CreatedAfter: at.Add(fine)}, 0},
		"created before":               {entity.Filter{CreatedBefore: at}, 0},
		"updated at the moment":        {entity.Filter{UpdatedAfter: at, UpdatedBefore: at.Add(fine)}, 1},
		"updated a moment later":       {entity.Filter{UpdatedAfter: at.Add(fine)}, 0},
		"created at any time":          {entity.Filter{CreatedAfter: first, CreatedBefore: last}, 1},
		"created since the epoch":      {entity.Filter{CreatedAfter: epoch}, 1},
		"created before the epoch":     {entity.Filter{CreatedBefore: epoch}, 0},
		"updated at any time":          {entity.Filter{UpdatedAfter: first, UpdatedBefore: last}, 1},
		"updated before the beginning": {entity.Filter{UpdatedBefore: first}, 0},
		"updated after the end":        {entity.Filter{UpdatedAfter: last}, 0},
	} {
		if got := all(t, store, tt.filter, page.Query{Limit: 1, By: entity.ByCreatedAt}); len(got) != tt.want {
			t.Errorf("%s: %d orders, want %d", name, len(got), tt.want)
		}
	}
}

// shelf saves ten orders in various states and returns them as they are now.
func shelf(t *testing.T, store *repository.Orders) (orders []*entity.Order) {
	t.Helper()
	for i := range 10 {
		o := place(t, 1)
		create(t, store, o, nil)
		if i%2 == 0 {
			settle(t, store, o, i)
		}
		now, err := store.Find(t.Context(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		orders = append(orders, now)
	}
	return orders
}

func settle(t *testing.T, store *repository.Orders, o *entity.Order, i int) {
	t.Helper()
	result, taken := entity.Full, o.Lines[0].Purchased
	if i%4 == 0 {
		result, taken = entity.Nothing, 0
	}
	price := money.Amount(100 * i)
	answer := entity.Answer{OrderID: o.ID, Result: result, Lines: []entity.AnsweredLine{
		{ProductID: o.Lines[0].ProductID, Requested: o.Lines[0].Purchased, Taken: taken, UnitPrice: &price},
	}}
	err := store.UpdateAll(t.Context(), []id.ID{o.ID}, func(found []*entity.Order) error {
		_, misfit := found[0].Settle(answer, o.CreatedAt.Add(time.Duration(10-i)*time.Second))
		return misfit
	})
	if err != nil {
		t.Fatalf("settle: %v", err)
	}
}

func all(t *testing.T, store *repository.Orders, f entity.Filter, q page.Query) (found []*entity.Order) {
	t.Helper()
	for {
		p, err := store.Search(t.Context(), f, q)
		if err != nil {
			t.Fatalf("Search %+v: %v", q, err)
		}
		found = append(found, p.Items...)
		if q.After = p.Next; q.After == nil {
			return found
		}
	}
}

// amount is what an order costs; less than nothing while nobody knows.
func amount(o *entity.Order) money.Amount {
	if o.Total == nil {
		return -1
	}
	return *o.Total
}
