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

// shop has products a (5 available), b (2), sold (0) and old (archived).
type shop struct {
	*entity.Books
	a, b, sold, old, unknown id.ID
}

func newShop(t *testing.T) shop {
	t.Helper()
	s := shop{Books: entity.NewBooks(noon), unknown: newID(t)}
	s.a, s.b, s.sold, s.old = s.put(t, 5, entity.Active), s.put(t, 2, entity.Active), s.put(t, 0, entity.Active), s.put(t, 9, entity.Archived)
	return s
}

func (s shop) put(t *testing.T, onHand int, status entity.Status) id.ID {
	t.Helper()
	item := &entity.Item{
		ProductID: newID(t), Name: "Thing", Status: status,
		Prices: entity.Timeline{{Amount: 100, From: noon.Add(-time.Hour), To: noon}, {Amount: 200, From: noon}},
		Stock:  entity.Stock{OnHand: onHand + 3, Reserved: 3},
	}
	s.Shelf.Put(item)
	return item.ProductID
}

func (s shop) request(t *testing.T, allOrNothing bool, wants ...entity.Want) entity.Request {
	t.Helper()
	return entity.Request{OrderID: newID(t), PlacedAt: noon.Add(-time.Minute), AllOrNothing: allOrNothing, Wants: wants}
}

func taken(lines []entity.Line) []int {
	units := make([]int, len(lines))
	for i, line := range lines {
		units[i] = line.Taken
	}
	return units
}

func TestReserve(t *testing.T) {
	t.Parallel()
	s := newShop(t) // only for the names of its products
	const partial, all = false, true
	tests := []struct {
		name   string
		mode   bool
		wants  []entity.Want
		result entity.Result
		reason entity.Reason
		taken  []int
	}{
		{"enough of all", partial, []entity.Want{{s.a, 5}, {s.b, 1}}, entity.Full, "", []int{5, 1}},
		{"too little of one", partial, []entity.Want{{s.a, 9}, {s.b, 1}}, entity.Partial, "", []int{5, 1}},
		{"nothing of one", partial, []entity.Want{{s.sold, 1}, {s.b, 1}}, entity.Partial, "", []int{0, 1}},
		{"nothing at all", partial, []entity.Want{{s.sold, 1}}, entity.None, entity.OutOfStock, []int{0}},
		{"all or nothing, and there is all", all, []entity.Want{{s.a, 5}, {s.b, 2}}, entity.Full, "", []int{5, 2}},
		{"all or nothing, and one is short", all, []entity.Want{{s.a, 5}, {s.b, 3}}, entity.None, entity.OutOfStock, []int{0, 0}},
		{"an unknown product", partial, []entity.Want{{s.a, 1}, {s.unknown, 1}}, entity.None, entity.UnknownProduct, []int{0, 0}},
		{"an archived product", partial, []entity.Want{{s.a, 1}, {s.old, 1}}, entity.None, entity.ProductArchived, []int{0, 0}},
		{"archived, and another short", all, []entity.Want{{s.a, 9}, {s.old, 1}}, entity.None, entity.ProductArchived, []int{0, 0}},
		{"archived and unknown", partial, []entity.Want{{s.old, 1}, {s.unknown, 1}}, entity.None, entity.UnknownProduct, []int{0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			mine := s.fresh()
			answer := mine.Reserve(s.request(t, tt.mode, tt.wants...))
			if answer.Result != tt.result || answer.Reason != tt.reason || !cmp.Equal(taken(answer.Lines), tt.taken) {
				t.Errorf("answer = %s %s %v, want %s %s %v", answer.Result, answer.Reason, taken(answer.Lines), tt.result, tt.reason, tt.taken)
			}
			state := entity.Held
			if tt.result == entity.None {
				state = entity.Released
			}
			if got := mine.Opened[0].State; len(mine.Opened) != 1 || got != state {
				t.Errorf("%d reservations opened, the first %s; want one %s", len(mine.Opened), got, state)
			}
			for i, want := range tt.wants {
				if item, ok := mine.Shelf[want.ProductID]; ok && item.Stock.Reserved != 3+tt.taken[i] {
					t.Errorf("reserved of product %d = %d, want %d", i, item.Stock.Reserved, 3+tt.taken[i])
				}
			}
		})
	}
}

// fresh returns books with the same products, untouched.
func (s shop) fresh() *entity.Books {
	books := entity.NewBooks(noon)
	for _, item := range s.Shelf {
		books.Shelf.Put(new(*item))
	}
	return books
}

func TestAnswerTellsThePriceOfThePlacing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for minutes, want := range map[int]money.Amount{-1: 100, 0: 200, -600: 100} {
		request := s.request(t, false, entity.Want{ProductID: s.a, Units: 1}, entity.Want{ProductID: s.unknown, Units: 1})
		request.PlacedAt = noon.Add(time.Duration(minutes) * time.Minute)
		lines := s.Reserve(request).Lines
		if got := lines[0].UnitPrice; *got != want || *lines[0].Name != "Thing" {
			t.Errorf("placed at %d min: %s at %s, want Thing at %s", minutes, *lines[0].Name, got, want)
		}
		if lines[1].Name != nil || lines[1].UnitPrice != nil {
			t.Errorf("an unknown product is called %v at %v, want nil", lines[1].Name, lines[1].UnitPrice)
		}
	}
}

func TestOrderThatNamesAQuoteIsRefused(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	request := s.request(t, false, entity.Want{ProductID: s.a, Units: 1})
	request.QuoteID = newID(t)
	if got := s.Reserve(request); got.Result != entity.None || got.Reason != entity.QuoteUnknown {
		t.Errorf("answer = %s %s, want NONE QUOTE_UNKNOWN", got.Result, got.Reason)
	}
}

func TestSecondRequestOfAnOrderGetsTheSameAndTakesNothing(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for _, units := range []int{2, 99} {
		request := s.request(t, true, entity.Want{ProductID: s.a, Units: units})
		first := s.Reserve(request)
		reserved := s.Shelf[s.a].Stock.Reserved
		if diff := cmp.Diff(s.Reserve(request), first); diff != "" {
			t.Errorf("second answer (-got +want):\n%s", diff)
		}
		if got := s.Shelf[s.a].Stock.Reserved; got != reserved {
			t.Errorf("reserved = %d after the second request, want %d", got, reserved)
		}
	}
}

// The saga's table of domain.md: rows are commands, columns states.
func TestCommandsInEveryState(t *testing.T) {
	t.Parallel()
	const reserve, release, ship = "validate", "release", "ship"
	type end struct {
		result       entity.Result // of a validate at the end
		reason       entity.Reason
		onHand, held int // of the 5 + 3 that there were
		refused      fault.Code
	}
	full := entity.Full
	for steps, want := range map[[3]string]end{
		{reserve}:                   {full, "", 8, 5, ""},
		{reserve, reserve}:          {full, "", 8, 5, ""},
		{reserve, release}:          {entity.None, entity.WasReleased, 8, 3, ""},
		{reserve, release, reserve}: {entity.None, entity.WasReleased, 8, 3, ""},
		{reserve, release, release}: {entity.None, entity.WasReleased, 8, 3, ""},
		{reserve, ship}:             {full, "", 6, 3, ""},
		{reserve, ship, ship}:       {full, "", 6, 3, ""},
		{reserve, ship, reserve}:    {full, "", 6, 3, ""},
		{release}:                   {entity.None, entity.WasReleased, 8, 3, ""},
		{release, reserve}:          {entity.None, entity.WasReleased, 8, 3, ""},
		{release, release}:          {entity.None, entity.WasReleased, 8, 3, ""},
		{reserve, ship, release}:    {full, "", 6, 3, fault.CodeIllegalStatus},
		{reserve, release, ship}:    {entity.None, entity.WasReleased, 8, 3, fault.CodeIllegalStatus},
		{release, ship}:             {entity.None, entity.WasReleased, 8, 3, fault.CodeIllegalStatus},
		{ship}:                      {full, "", 8, 5, fault.CodeNotFound},
		{ship, reserve}:             {full, "", 8, 5, fault.CodeNotFound},
	} {
		s := newShop(t)
		request := s.request(t, false, entity.Want{ProductID: s.a, Units: 2})
		var refused error
		for _, step := range steps {
			switch step {
			case reserve:
				s.Reserve(request)
			case release:
				refused = s.Close(entity.Close{OrderID: request.OrderID, Outcome: entity.Released, Reason: "CLIENT_REQUEST"})
			case ship:
				refused = s.Close(entity.Close{OrderID: request.OrderID, Outcome: entity.Shipped, Reason: "ignored"})
			}
		}
		answer := s.Reserve(request)
		stock := s.Shelf[s.a].Stock
		got := end{answer.Result, answer.Reason, stock.OnHand, stock.Reserved, ""}
		if refused != nil {
			got.refused = fault.CodeOf(refused)
		}
		if diff := cmp.Diff(got, want, cmp.AllowUnexported(end{})); diff != "" {
			t.Errorf("%v (-got +want):\n%s", steps, diff)
		}
	}
}
