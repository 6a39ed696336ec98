package entity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// by is an edit so many seconds after noon.
func by(t *testing.T, seconds int) entity.Edit {
	t.Helper()
	return entity.Edit{ID: newID(t), Actor: "someone", At: noon.Add(time.Duration(seconds) * time.Second)}
}

func newID(t *testing.T) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func lamp(t *testing.T, quantity int) *entity.Product {
	t.Helper()
	p, err := entity.NewProduct(newID(t), entity.Draft{Name: "Lamp", Price: 1990, Quantity: quantity}, by(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestNewProductHasItsFirstPriceAndAdjustment(t *testing.T) {
	t.Parallel()
	edit := by(t, 0)
	p, err := entity.NewProduct(newID(t), entity.Draft{Name: "Lamp", Price: 1990, Quantity: 7}, edit)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Prices, entity.Timeline{{Amount: 1990, From: noon, Actor: "someone"}}); diff != "" {
		t.Errorf("prices (-got +want):\n%s", diff)
	}
	want := []entity.Adjustment{{ID: edit.ID, Delta: 7, Reason: entity.Initial, Actor: "someone", OnHand: 7, At: noon}}
	if diff := cmp.Diff(p.Adjustments, want); diff != "" {
		t.Errorf("adjustments (-got +want):\n%s", diff)
	}
	events := []entity.Event{entity.PriceChanged{ProductID: p.ID, Price: 1990, From: noon, At: noon}}
	if diff := cmp.Diff(p.Events, events); diff != "" {
		t.Errorf("events (-got +want):\n%s", diff)
	}
}

func TestNewProductTellsEveryMistake(t *testing.T) {
	t.Parallel()
	draft := entity.Draft{Name: " ", Description: strings.Repeat("é", 10_001), Price: money.MaxPrice + 1, Quantity: -1}
	_, err := entity.NewProduct(newID(t), draft, by(t, 0))
	if got, want := places(t, err), "name description price quantity"; got != want {
		t.Errorf("mistakes at %q, want %q", got, want)
	}
}

// places names the fields that a failure is about.
func places(t *testing.T, err error) string {
	t.Helper()
	f, ok := err.(*fault.Error) //nolint:errorlint // as it was made
	if !ok {
		t.Fatalf("got %v, want a fault", err)
	}
	var found []string
	for _, v := range f.Violations {
		found = append(found, v.Location)
	}
	return strings.Join(found, " ")
}

func TestNamesHaveUpTo200CharactersInOneLine(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"L": true, strings.Repeat("é", 200): true, strings.Repeat("é", 201): false, "": false, "  ": false, "a\nb": false, "a\x00b": false,
	} {
		_, err := entity.NewProduct(newID(t), entity.Draft{Name: name}, by(t, 0))
		if (err == nil) != ok {
			t.Errorf("NewProduct named %q = %v, want ok %t", name, err, ok)
		}
	}
}

func TestApplyChangesOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	p := lamp(t, 5)
	before := *p
	archived := entity.Archived
	if err := p.Apply(entity.Change{Status: &archived}, by(t, 9)); err != nil {
		t.Fatal(err)
	}
	want := before
	want.Status, want.Version, want.UpdatedAt = entity.Archived, 2, noon.Add(9*time.Second)
	if diff := cmp.Diff(*p, want); diff != "" {
		t.Errorf("product (-got +want):\n%s", diff)
	}
}

func TestApplyOfWhatIsAlreadySoMakesNoVersion(t *testing.T) {
	t.Parallel()
	p := lamp(t, 5)
	before := *p
	name, price, status := p.Name, p.Price, p.Status
	if err := p.Apply(entity.Change{Name: &name, Price: &price, Status: &status, Threshold: &entity.Threshold{}}, by(t, 9)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*p, before); diff != "" {
		t.Errorf("product (-got +want):\n%s", diff)
	}
}

func TestApplyTellsEveryMistakeAndChangesNothing(t *testing.T) {
	t.Parallel()
	p := lamp(t, 5)
	before := *p
	name, price, status, units := "", money.Amount(-1), entity.Status("LOST"), -1
	err := p.Apply(entity.Change{Name: &name, Price: &price, Status: &status, Threshold: &entity.Threshold{Units: &units}}, by(t, 9))
	if got, want := places(t, err), "name price status lowStockThreshold"; got != want {
		t.Errorf("mistakes at %q, want %q", got, want)
	}
	if diff := cmp.Diff(*p, before); diff != "" {
		t.Errorf("product (-got +want):\n%s", diff)
	}
}

func TestNewPriceFollowsTheOneBeforeEvenByASlowClock(t *testing.T) {
	t.Parallel()
	p := lamp(t, 5)
	for i, at := range []int{0, -3, 10} { // the same millisecond, a clock behind, an ordinary change
		price := money.Amount(2000 + i)
		if err := p.Apply(entity.Change{Price: &price}, by(t, at)); err != nil {
			t.Fatal(err)
		}
	}
	ms := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Millisecond) }
	want := entity.Timeline{
		{Amount: 1990, From: ms(0), To: ms(1), Actor: "someone"},
		{Amount: 2000, From: ms(1), To: ms(2), Actor: "someone"},
		{Amount: 2001, From: ms(2), To: ms(10_000), Actor: "someone"},
		{Amount: 2002, From: ms(10_000), Actor: "someone"},
	}
	if diff := cmp.Diff(p.Prices, want); diff != "" {
		t.Errorf("prices (-got +want):\n%s", diff)
	}
	last, ok := p.Events[3].(entity.PriceChanged)
	if !ok || *last.Previous != 2001 || last.Price != 2002 {
		t.Errorf("last event = %+v, want 20.01 to 20.02", p.Events[3])
	}
}
