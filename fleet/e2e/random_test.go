package e2e_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

var seed = flag.Uint64("seed", 1, "of the random operations")

// A thousand operations by chance, many at a time: whatever they are, the
// promises hold at the end.
func TestRandomOperationsKeepEveryPromise(t *testing.T) {
	t.Parallel()
	s := open(t)
	var products []string
	for range 6 {
		products = append(products, s.stock(t, "9.99", 150))
	}
	const workers, operations = 20, 50
	var all sync.WaitGroup
	for w := range workers {
		chance := rand.New(rand.NewPCG(*seed, uint64(w)))
		all.Go(func() {
			var mine []string
			for range operations {
				mine = s.operate(t, chance, products, mine)
			}
		})
	}
	all.Wait()
	s.check(t)
}

// operate does one thing by chance and returns the worker's orders. What the
// lifecycle or the stock forbids at that moment is a fair answer.
func (s *scene) operate(t *testing.T, chance *rand.Rand, products, mine []string) []string {
	ctx := t.Context()
	var err error
	switch dice := chance.IntN(100); {
	case dice < 60 || len(mine) == 0:
		var order shop.Order
		if order, err = s.client.Request(ctx, somePlacing(chance, products)); err == nil {
			s.note(order.ID)
			return append(mine, order.ID)
		}
	case dice < 75:
		err = s.client.Cancel(ctx, mine[chance.IntN(len(mine))])
	case dice < 90:
		err = s.admin.Ship(ctx, mine[chance.IntN(len(mine))])
	default:
		err = s.admin.Adjust(ctx, products[chance.IntN(len(products))], chance.IntN(21)-10)
	}
	switch shop.CodeOf(err) {
	case "ILLEGAL_STATUS", "STOCK_BELOW_RESERVED", "INVALID_REQUEST":
	default:
		if err != nil && ctx.Err() == nil {
			t.Errorf("an operation failed: %v", err)
		}
	}
	return mine
}

func somePlacing(chance *rand.Rand, products []string) shop.Placing {
	var p shop.Placing
	for range 1 + chance.IntN(3) {
		p.Lines = append(p.Lines, shop.Line{ID: products[chance.IntN(len(products))], Quantity: 1 + chance.IntN(4)})
	}
	if chance.IntN(4) == 0 {
		p.Fulfilment = "ALL_OR_NOTHING"
	}
	return p
}

// inParallel places n orders, so many at a time.
func (s *scene) inParallel(t *testing.T, n, atOnce int, placing func(context.Context, int) shop.Placing) {
	t.Helper()
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			order, err := s.client.Request(t.Context(), placing(t.Context(), i))
			if err != nil {
				t.Errorf("order %d: %v", i, err)
				return
			}
			s.note(order.ID)
		})
	}
	all.Wait()
}
