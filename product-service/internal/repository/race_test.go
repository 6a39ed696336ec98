package repository_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// together runs work so many times at once and fails with their failures.
func together(t *testing.T, times int, work func(n int) error) {
	t.Helper()
	var all sync.WaitGroup
	for n := range times {
		all.Go(func() {
			if err := work(n); err != nil {
				t.Errorf("run %d: %v", n, err)
			}
		})
	}
	all.Wait()
}

func TestConcurrentOrdersTakeEachUnitOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 100)[0]
	var mu sync.Mutex
	taken := 0
	together(t, 50, func(int) error {
		var requests []entity.Request
		for range 10 {
			requests = append(requests, order(t, entity.Want{ProductID: productID, Units: 1}))
		}
		answers, err := w.reservations.Reserve(t.Context(), requests, noon)
		mu.Lock()
		defer mu.Unlock()
		for _, answer := range answers {
			taken += answer.Lines[0].Taken
		}
		return err
	})
	if stock := w.find(t, productID).Stock; taken != 100 || stock.Reserved != 100 {
		t.Errorf("%d taken, %d reserved; want 100", taken, stock.Reserved)
	}
	w.balance(t)
}

func TestOrdersOfTheSamePairInOppositeOrderDoNotDeadlock(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 1000, 1000)
	together(t, 20, func(n int) error {
		wants := []entity.Want{{ProductID: ids[0], Units: 1}, {ProductID: ids[1], Units: 1}}
		if n%2 == 1 {
			slices.Reverse(wants)
		}
		for range 20 {
			if _, err := w.reservations.Reserve(t.Context(), []entity.Request{order(t, wants...)}, noon); err != nil {
				return err
			}
		}
		return nil
	})
	if a, b := w.find(t, ids[0]).Stock.Reserved, w.find(t, ids[1]).Stock.Reserved; a != 400 || b != 400 {
		t.Errorf("reserved = %d and %d, want 400", a, b)
	}
	w.balance(t)
}

func TestReplicasThatGetTheSameMessagesGiveTheSameAnswers(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 15, 40, 3)
	var requests []entity.Request
	for i := range 60 {
		requests = append(requests, order(t, entity.Want{ProductID: ids[i%3], Units: 1}, entity.Want{ProductID: ids[(i+1)%3], Units: 2}))
	}
	told := make([]map[id.ID]entity.Answer, 6)
	together(t, len(told), func(n int) error {
		mine := slices.Clone(requests)
		rand.New(rand.NewPCG(uint64(n), 5)).Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] }) // #nosec G404
		told[n] = map[id.ID]entity.Answer{}
		for batch := range slices.Chunk(mine, 7) {
			answers, err := w.reservations.Reserve(t.Context(), batch, noon)
			if err != nil {
				return err
			}
			for _, answer := range answers {
				told[n][answer.OrderID] = answer
			}
		}
		return nil
	})
	for n := range told {
		if diff := cmp.Diff(told[n], told[0]); diff != "" {
			t.Fatalf("replica %d answers otherwise than replica 0 (-got +want):\n%s", n, diff)
		}
	}
	w.balance(t)
}

func TestReleaseRacingItsValidationLeavesNothingHeld(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 500, 500)
	var requests []entity.Request
	var closes []entity.Close
	for range 120 {
		request := order(t, entity.Want{ProductID: ids[0], Units: 1}, entity.Want{ProductID: ids[1], Units: 1})
		requests = append(requests, request)
		closes = append(closes, entity.Close{OrderID: request.OrderID, Outcome: entity.Released})
	}
	slices.Reverse(closes)
	together(t, 6, func(n int) error {
		var err error
		for from := 0; from < len(requests) && err == nil; from += 12 {
			if n%2 == 0 {
				_, err = w.reservations.Reserve(t.Context(), requests[from:from+12], noon)
			} else {
				_, err = w.reservations.Close(t.Context(), closes[from:from+12], noon)
			}
		}
		return err
	})
	for _, productID := range ids {
		if got := w.find(t, productID).Stock.Reserved; got != 0 {
			t.Errorf("reserved = %d, want 0", got)
		}
	}
	w.balance(t)
}

// A process may die at any point: what it had not committed is gone, what it had
// is there, and the batch comes again.
func TestBatchThatIsCutOffAnywhereIsRepeatedHarmlessly(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 1000, 1000, 1000)
	random := rand.New(rand.NewPCG(1, 2)) // #nosec G404
	for range 30 {
		var requests []entity.Request
		for range 10 {
			requests = append(requests, order(t, entity.Want{ProductID: ids[random.IntN(3)], Units: 1}))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(random.IntN(4000))*time.Microsecond)
		w.reservations.Reserve(ctx, requests, noon) //nolint:errcheck // it may have gone well or not
		cancel()
		if diff := cmp.Diff(w.reserve(t, requests...), w.reserve(t, requests...)); diff != "" {
			t.Fatalf("the second and the third answer differ:\n%s", diff)
		}
	}
	reserved := 0
	for _, productID := range ids {
		reserved += w.find(t, productID).Stock.Reserved
	}
	if reserved != 300 {
		t.Errorf("reserved = %d, want 300", reserved)
	}
	w.balance(t)
}

// Everything at once, then every message once more: the stock is in balance and
// the replay changes nothing (invariants 2 and 5 of the design).
func TestStormThenReplay(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 40, 60, 80, 5)
	var mu sync.Mutex
	var requests []entity.Request
	var closes []entity.Close
	together(t, 8, func(n int) error {
		random := rand.New(rand.NewPCG(uint64(n), 9)) // #nosec G404
		for range 12 {
			mine := storm(t, random, ids)
			if _, err := w.reservations.Reserve(t.Context(), mine, noon); err != nil {
				return err
			}
			ends := endings(random, mine)
			if _, err := w.reservations.Close(t.Context(), ends, noon); err != nil {
				return err
			}
			_, err := w.products.Update(t.Context(), ids[random.IntN(len(ids))], func(p *entity.Product) error {
				return p.Adjust(entity.Count{Delta: new(1 + random.IntN(3)), Reason: "delivery"}, edit(t, 1))
			})
			if err != nil {
				return err
			}
			mu.Lock()
			requests, closes = append(requests, mine...), append(closes, ends...)
			mu.Unlock()
		}
		return nil
	})
	w.balance(t)
	before := w.stocks(t, ids)
	w.close(t, closes...)
	w.reserve(t, requests...)
	if diff := cmp.Diff(w.stocks(t, ids), before); diff != "" {
		t.Errorf("stock after the replay (-got +want):\n%s", diff)
	}
	w.balance(t)
}

func (w *warehouse) stocks(t *testing.T, ids []id.ID) (stocks []entity.Stock) {
	t.Helper()
	for _, productID := range ids {
		stocks = append(stocks, w.find(t, productID).Stock)
	}
	return stocks
}

func storm(t *testing.T, random *rand.Rand, ids []id.ID) (requests []entity.Request) {
	t.Helper()
	for range 1 + random.IntN(6) {
		request := order(t)
		request.AllOrNothing = random.IntN(3) == 0
		for _, place := range random.Perm(len(ids))[:1+random.IntN(3)] {
			request.Wants = append(request.Wants, entity.Want{ProductID: ids[place], Units: 1 + random.IntN(3)})
		}
		requests = append(requests, request)
	}
	return requests
}

func endings(random *rand.Rand, requests []entity.Request) []entity.Close {
	outcomes := []entity.State{entity.Released, entity.Released, entity.Shipped}
	closes := []entity.Close{{OrderID: requests[0].OrderID, Outcome: outcomes[random.IntN(3)]}}
	for _, request := range requests[1:] {
		if random.IntN(2) == 0 {
			closes = append(closes, entity.Close{OrderID: request.OrderID, Outcome: outcomes[random.IntN(3)]})
		}
	}
	return closes
}
