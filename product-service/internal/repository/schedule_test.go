package repository_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// advance is what the task does.
func (w *warehouse) advance(t *testing.T, at time.Time) error {
	t.Helper()
	_, err := w.products.UpdateDue(t.Context(), at, 100, func(p *entity.Product) { p.Advance(at) })
	return err
}

// Many replicas run the task, and stop in the middle of it: each price takes
// effect once.
func TestDuePricesTakeEffectOnceWhateverReplicasDo(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, make([]int, 20)...)
	due := noon.Add(time.Hour)
	for _, productID := range ids {
		_, err := w.products.Update(t.Context(), productID, func(p *entity.Product) error {
			_, err := p.SetPrice(500, due, edit(t, 1))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.advance(t, due.Add(-time.Millisecond)); err != nil || w.find(t, ids[0]).Price != 1000 {
		t.Fatalf("before its moment the price is %s, %v", w.find(t, ids[0]).Price, err)
	}
	w.told = nil
	together(t, 8, func(int) error {
		for range 10 {
			if err := w.advance(t, due.Add(time.Second)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := w.advance(t, due.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	waiting, err := outbox.Waiting(t.Context(), w.db)
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for _, r := range waiting {
		if r.Type == "PriceChanged" {
			changed++
		}
	}
	if changed != 2*len(ids) { // the first price of each, and this
		t.Errorf("%d events, want %d", changed, 2*len(ids))
	}
	for _, productID := range ids {
		if got := w.find(t, productID); got.Price != 500 || !got.PriceFrom.Equal(due) {
			t.Errorf("price %s since %s, want 5.00 since %s", got.Price, got.PriceFrom, due)
		}
	}
}

// written is a price as a test set it, at a moment.
type written struct {
	amount   money.Amount
	from, at time.Time
}

// Whatever admins and the task do at once, the history has no gap and no
// overlap, and equals what their writes make when they are done one by one.
func TestHistoryStaysContiguousUnderConcurrentChanges(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 0)[0]
	var mu sync.Mutex
	now, writes := noon, []written{{1000, noon, noon}}
	together(t, 8, func(n int) error {
		random := rand.New(rand.NewPCG(uint64(n), 3)) // #nosec G404
		for range 15 {
			amount := money.Amount(1 + random.IntN(5000))
			ahead := time.Duration(random.IntN(3)*random.IntN(20)) * time.Hour
			var wrote written
			_, err := w.products.Update(t.Context(), productID, func(p *entity.Product) error {
				mu.Lock()
				defer mu.Unlock()
				now = now.Add(time.Hour)
				by := entity.Edit{ID: newID(t), Actor: "admin", At: now}
				from := time.Time{}
				if ahead > 0 {
					from = now.Add(ahead)
				}
				set, err := p.SetPrice(amount, from, by)
				wrote = written{amount, set.From, now}
				return err
			})
			if err != nil {
				return err
			}
			mu.Lock()
			at := now
			writes = append(writes, wrote)
			mu.Unlock()
			if err := w.advance(t, at); err != nil {
				return err
			}
		}
		return nil
	})
	slices.SortFunc(writes, func(a, b written) int { return a.at.Compare(b.at) })
	// A price set in the very moment at which a scheduled one begins follows it.
	w.equals(t, productID, writes, now.Add(time.Millisecond))
}

// equals holds the history against a plain recomputation from the writes: at
// each moment the latest start holds, and of equal ones the last written.
func (w *warehouse) equals(t *testing.T, productID id.ID, writes []written, now time.Time) {
	t.Helper()
	history, err := w.products.History(t.Context(), productID)
	if err != nil {
		t.Fatal(err)
	}
	for i, price := range history {
		last := i == len(history)-1
		if last != price.To.IsZero() || (!last && !price.To.Equal(history[i+1].From)) || (!last && !price.From.Before(price.To)) {
			t.Errorf("price %d from %s to %s does not lead to the next", i, price.From, price.To)
		}
	}
	at := func(moment time.Time) money.Amount {
		best := writes[0]
		for _, w := range writes {
			if !w.from.After(moment) && !w.from.Before(best.from) {
				best = w
			}
		}
		return best.amount
	}
	lowest := at(now)
	for moment := noon; moment.Before(now.AddDate(0, 0, 3)); moment = moment.Add(30 * time.Minute) {
		if got, _ := history.At(moment); got.Amount != at(moment) {
			t.Errorf("price at %s = %s, want %s", moment, got.Amount, at(moment))
		}
		if moment.After(now.AddDate(0, 0, -30)) && !moment.After(now) {
			lowest = min(lowest, at(moment))
		}
	}
	if got := entity.NewHistory(history, now).Lowest; got != lowest {
		t.Errorf("lowest of 30 days = %s, want %s", got, lowest)
	}
	if got := w.find(t, productID); got.Price != at(now) {
		t.Errorf("price shown = %s, want %s", got.Price, at(now))
	}
	if diff := cmp.Diff(w.find(t, productID).PriceFrom.After(now), false); diff != "" {
		t.Error("a price of the future is shown")
	}
}
