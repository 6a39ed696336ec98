package entity_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

func TestPriceAtAMoment(t *testing.T) {
	t.Parallel()
	second := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Second) }
	timeline := entity.Timeline{
		{Amount: 100, From: second(0), To: second(10)},
		{Amount: 200, From: second(10), To: second(20)},
		{Amount: 300, From: second(20)},
	}
	for at, want := range map[int]money.Amount{-5: 100, 0: 100, 9: 100, 10: 200, 19: 200, 20: 300, 99: 300} {
		if got, ok := timeline.At(second(at)); !ok || got.Amount != want {
			t.Errorf("price at %d s = %s %t, want %s", at, got.Amount, ok, want)
		}
	}
	if _, ok := (entity.Timeline{}).At(noon); ok {
		t.Error("an empty timeline has a price")
	}
}

// Whatever is set in whatever order, prices follow each other without gap or
// overlap, and at each moment the last one set for it or before it holds.
func TestTimelineStaysContiguous(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		timeline := entity.Timeline{{Amount: 1, From: noon}}
		starts := map[int]money.Amount{0: 1}
		for n := range 12 {
			second, amount := random.IntN(20), money.Amount(n+2)
			timeline = timeline.Set(entity.Price{Amount: amount, From: noon.Add(time.Duration(second) * time.Second)})
			starts[second] = amount
		}
		contiguous(t, timeline)
		var want money.Amount
		for second := range 25 {
			if amount, ok := starts[second]; ok {
				want = amount
			}
			if got, _ := timeline.At(noon.Add(time.Duration(second) * time.Second)); got.Amount != want {
				t.Fatalf("seed %d: price at %d s = %s, want %s", seed, second, got.Amount, want)
			}
		}
	}
}

func contiguous(t *testing.T, timeline entity.Timeline) {
	t.Helper()
	for i, price := range timeline {
		last := i == len(timeline)-1
		if last != price.To.IsZero() || (!last && !price.To.Equal(timeline[i+1].From)) {
			t.Fatalf("price %d of %v does not end where the next begins", i, timeline)
		}
	}
}
