package entity_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// plain is the simplest thing that keeps stock: numbers in maps, one command
// after the other, by the words of domain.md.
type plain struct {
	onHand, reserved map[id.ID]int
	held             map[id.ID]map[id.ID]int
	done             map[id.ID]bool
}

func (p plain) validate(r entity.Request) {
	if p.done[r.OrderID] {
		return
	}
	p.done[r.OrderID] = true
	took, short := map[id.ID]int{}, false
	for _, want := range r.Wants {
		took[want.ProductID] = min(want.Units, p.onHand[want.ProductID]-p.reserved[want.ProductID])
		short = short || took[want.ProductID] < want.Units
	}
	if r.AllOrNothing && short {
		return
	}
	p.held[r.OrderID] = took
	for product, units := range took {
		p.reserved[product] += units
	}
}

func (p plain) close(c entity.Close) {
	if c.Outcome == entity.Released {
		p.done[c.OrderID] = true
	}
	for product, units := range p.held[c.OrderID] {
		p.reserved[product] -= units
		if c.Outcome == entity.Shipped {
			p.onHand[product] -= units
		}
	}
	delete(p.held, c.OrderID)
}

// Random commands in random batches leave the same stock as one after the other
// by the plain model, and the invariants of domain.md hold after each batch.
func TestRandomBatchesKeepTheStock(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		world := newWorld(t, rand.New(rand.NewPCG(seed, 7)))
		for range 10 {
			world.batch()
			world.check(t, seed)
		}
	}
}

// world is the same story told to the books and to the plain model.
type world struct {
	random   *rand.Rand
	products []id.ID
	requests []entity.Request
	known    map[id.ID]*entity.Reservation
	shelf    entity.Shelf
	plain    plain
}

func newWorld(t *testing.T, random *rand.Rand) *world {
	t.Helper()
	w := &world{
		random: random, known: map[id.ID]*entity.Reservation{}, shelf: entity.Shelf{},
		plain: plain{map[id.ID]int{}, map[id.ID]int{}, map[id.ID]map[id.ID]int{}, map[id.ID]bool{}},
	}
	for range 4 {
		product, units := newID(t), random.IntN(20)
		w.products = append(w.products, product)
		w.plain.onHand[product] = units
		w.shelf.Put(&entity.Item{ProductID: product, Status: entity.Active, Stock: entity.Stock{OnHand: units}})
	}
	for range 12 {
		request := entity.Request{OrderID: newID(t), AllOrNothing: random.IntN(2) == 0}
		for range 1 + random.IntN(4) {
			request.Wants = append(request.Wants, entity.Want{ProductID: w.products[random.IntN(4)], Units: 1 + random.IntN(6)})
		}
		request.Wants = entity.AddUp(request.Wants)
		w.requests = append(w.requests, request)
	}
	return w
}

// batch carries out a few random commands, many of them repeated.
func (w *world) batch() {
	books := entity.NewBooks(noon)
	books.Known, books.Shelf = w.known, entity.Shelf{}
	for _, item := range w.shelf {
		books.Shelf.Put(item)
	}
	for range 1 + w.random.IntN(8) {
		request := w.requests[w.random.IntN(len(w.requests))]
		switch close := (entity.Close{OrderID: request.OrderID, Outcome: entity.Released}); w.random.IntN(5) {
		case 0:
			_ = books.Close(close) // refused after a shipment; the plain model holds nothing then either
			w.plain.close(close)
		case 1:
			close.Outcome = entity.Shipped
			_ = books.Close(close)
			w.plain.close(close)
		default:
			books.Reserve(request)
			w.plain.validate(request)
		}
	}
}

func (w *world) check(t *testing.T, seed uint64) {
	t.Helper()
	held := map[id.ID]int{}
	for _, r := range w.known {
		for _, line := range r.Lines {
			if r.State == entity.Held {
				held[line.ProductID] += line.Taken
			}
		}
	}
	for _, product := range w.products {
		stock := w.shelf[product].Stock
		if stock.Reserved < 0 || stock.Reserved > stock.OnHand || stock.Reserved != held[product] {
			t.Fatalf("seed %d: %d reserved of %d, reservations hold %d", seed, stock.Reserved, stock.OnHand, held[product])
		}
		if stock.OnHand != w.plain.onHand[product] || stock.Reserved != w.plain.reserved[product] {
			t.Fatalf("seed %d: %d reserved of %d, want %d of %d", seed, stock.Reserved, stock.OnHand, w.plain.reserved[product], w.plain.onHand[product])
		}
	}
}

// A validation and its release commute, however often each comes.
func TestValidationAndReleaseCommute(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 3))
		s := newShop(t)
		request := s.request(t, false, entity.Want{ProductID: s.a, Units: 4}, entity.Want{ProductID: s.b, Units: 4})
		commands := []func(){func() { s.Reserve(request) }, func() { _ = s.Close(entity.Close{OrderID: request.OrderID, Outcome: entity.Released}) }}
		story := slices.Concat(commands, commands, commands)
		random.Shuffle(len(story), func(i, j int) { story[i], story[j] = story[j], story[i] })
		for _, command := range story {
			command()
		}
		if got := s.Reserve(request); got.Result != entity.None || s.Shelf[s.a].Stock.Reserved != 3 || s.Shelf[s.b].Stock.Reserved != 3 {
			t.Fatalf("seed %d: %s, %+v", seed, got.Result, s.Shelf[s.a].Stock)
		}
	}
}

func TestChangedTellsWhatIsDifferentAndWhatHasBecomeLow(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	low := s.put(t, 5, entity.Active)
	s.Shelf[low].Stock.Threshold = new(4)
	s.Shelf.Put(s.Shelf[low])
	s.Reserve(s.request(t, false, entity.Want{ProductID: low, Units: 1}, entity.Want{ProductID: s.a, Units: 1}, entity.Want{ProductID: s.sold, Units: 1}))
	changed, events := s.Shelf.Changed(noon)
	got := []id.ID{changed[0].ProductID, changed[1].ProductID}
	if diff := cmp.Diff(got, []id.ID{s.a, low}); diff != "" || len(changed) != 2 {
		t.Errorf("%d changed, the first two (-got +want):\n%s", len(changed), diff)
	}
	want := []entity.Event{entity.StockLow{ProductID: low, Available: 4, Threshold: 4, At: noon}}
	if diff := cmp.Diff(events, want); diff != "" || !changed[1].Stock.LowTold {
		t.Errorf("told %t, events (-got +want):\n%s", changed[1].Stock.LowTold, diff)
	}
}

func TestAddUpKeepsTheOrderOfFirstMention(t *testing.T) {
	t.Parallel()
	a, b := newID(t), newID(t)
	got := entity.AddUp([]entity.Want{{a, 1}, {b, 2}, {a, 3}})
	if diff := cmp.Diff(got, []entity.Want{{a, 4}, {b, 2}}); diff != "" {
		t.Errorf("sums (-got +want):\n%s", diff)
	}
}
