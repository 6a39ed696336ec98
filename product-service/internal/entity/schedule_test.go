package entity_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

func after(hours int) time.Time { return noon.Add(time.Duration(hours) * time.Hour) }

func priced(t *testing.T, amount money.Amount) *entity.Product {
	t.Helper()
	p, err := entity.NewProduct(id.ID{1}, entity.Draft{Name: "Lamp", Price: amount}, entity.Edit{ID: id.ID{1}, Actor: "maker", At: noon})
	if err != nil {
		t.Fatal(err)
	}
	p.Events = nil
	return p
}

func TestFuturePriceTakesEffectAtItsMomentAndNotBefore(t *testing.T) {
	t.Parallel()
	p := priced(t, 1000)
	by := entity.Edit{ID: id.ID{2}, Actor: "admin", At: after(1)}
	set, err := p.SetPrice(800, after(5), by)
	if err != nil || set != (entity.Price{Amount: 800, From: after(5), Actor: "admin"}) {
		t.Fatalf("SetPrice = %+v, %v", set, err)
	}
	p.Advance(after(5).Add(-time.Millisecond))
	if p.Price != 1000 || len(p.Events) != 0 || !p.NextPriceFrom().Equal(after(5)) {
		t.Errorf("before its moment the price is %s, %d events, next %s", p.Price, len(p.Events), p.NextPriceFrom())
	}
	version := p.Version
	p.Advance(after(6))
	p.Advance(after(7))
	want := []entity.Event{entity.PriceChanged{ProductID: p.ID, Price: 800, Previous: new(money.Amount(1000)), From: after(5), At: after(6)}}
	if diff := cmp.Diff(p.Events, want); diff != "" || p.Price != 800 || p.Version != version+1 || !p.NextPriceFrom().IsZero() {
		t.Errorf("after its moment: price %s, version %d, events (-got +want):\n%s", p.Price, p.Version, diff)
	}
}

func TestPricesMissedDuringAStopTakeEffectOneAfterTheOther(t *testing.T) {
	t.Parallel()
	p := priced(t, 1000)
	for hour, amount := range map[int]money.Amount{2: 900, 3: 1100, 4: 700} {
		if _, err := p.SetPrice(amount, after(hour), entity.Edit{Actor: "admin", At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Adjust(entity.Count{Delta: new(1), Reason: "x"}, entity.Edit{ID: id.ID{3}, At: after(9)}); err != nil {
		t.Fatal(err)
	}
	var told []money.Amount
	for _, e := range p.Events {
		told = append(told, e.(entity.PriceChanged).Price)
	}
	if diff := cmp.Diff(told, []money.Amount{900, 1100, 700}); diff != "" || p.Price != 700 {
		t.Errorf("price %s, told (-got +want):\n%s", p.Price, diff)
	}
}

func TestPriceOfThePastIsRefused(t *testing.T) {
	t.Parallel()
	for _, from := range []time.Time{noon, after(10).Add(-time.Millisecond), time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		p := priced(t, 1000)
		before := *p
		_, err := p.SetPrice(1, from, entity.Edit{At: after(10)})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("SetPrice from %s = %v, want Invalid", from, err)
		}
		if diff := cmp.Diff(*p, before); diff != "" {
			t.Errorf("product (-got +want):\n%s", diff)
		}
	}
	if _, err := priced(t, 1000).SetPrice(1, after(10), entity.Edit{At: after(10)}); err != nil {
		t.Errorf("SetPrice from this very moment = %v", err)
	}
}

func TestLowestPriceOfThirtyDays(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	timeline := entity.Timeline{
		{Amount: 100, From: day(0), To: day(10)},
		{Amount: 300, From: day(10), To: day(20)},
		{Amount: 200, From: day(20), To: day(60)},
		{Amount: 50, From: day(60)},
	}
	for now, want := range map[int]money.Amount{5: 100, 25: 100, 39: 100, 40: 200, 55: 200, 60: 50, 99: 50} {
		if got := entity.NewHistory(timeline, day(now)).Lowest; got != want {
			t.Errorf("on day %d: %s, want %s", now, got, want)
		}
	}
}
