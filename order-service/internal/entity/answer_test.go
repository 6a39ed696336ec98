package entity

import (
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/money"
)

func TestAnswerSettlesANewOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		result   Result
		taken    int
		status   Status
		reason   Reason
		releases bool
		total    string
	}{
		{"full", Full, 3, Confirmed, "", false, "59.70"},
		{"partial", Some, 2, PartialConfirmed, "", false, "39.80"},
		{"none", Nothing, 0, Cancelled, OutOfStock, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := placed(t, Partial, 3)
			changed, misfit := o.Settle(answer(o, tt.result, tt.taken), moment)
			if !changed || misfit != nil {
				t.Fatalf("Settle = %t, %v", changed, misfit)
			}
			step := o.Steps()[1]
			if o.Status != tt.status || o.Reason != tt.reason || step.Releases != tt.releases || step.Actor != ProductService {
				t.Errorf("order is %s (%s), step %+v; want %s (%s)", o.Status, o.Reason, step, tt.status, tt.reason)
			}
			if got := totalOf(o); got != tt.total {
				t.Errorf("total = %s, want %s", got, tt.total)
			}
			if o.Lines[0].Fulfilled != tt.taken {
				t.Errorf("fulfilled = %d, want %d", o.Lines[0].Fulfilled, tt.taken)
			}
		})
	}
}

func TestAnswerThatDoesNotFitCancelsTheOrderAndReleasesItsStock(t *testing.T) {
	t.Parallel()
	spoil := map[string]func(*Answer){
		"other product":        func(a *Answer) { a.Lines[0].ProductID = a.OrderID },
		"lines missing":        func(a *Answer) { a.Lines = nil },
		"a line too many":      func(a *Answer) { a.Lines = append(a.Lines, a.Lines[0]) },
		"more than asked":      func(a *Answer) { a.Lines[0].Taken = 4 },
		"negative units":       func(a *Answer) { a.Lines[0].Taken = -1 },
		"other request":        func(a *Answer) { a.Lines[0].Requested = 2 },
		"negative price":       func(a *Answer) { *a.Lines[0].UnitPrice = -1 },
		"absurd price":         func(a *Answer) { *a.Lines[0].UnitPrice = money.MaxPrice + 1 },
		"no price":             func(a *Answer) { a.Lines[0].UnitPrice = nil },
		"full but partial":     func(a *Answer) { a.Lines[0].Taken = 2 },
		"partial but full":     func(a *Answer) { a.Result = Some },
		"none but something":   func(a *Answer) { a.Result = Nothing },
		"unknown result":       func(a *Answer) { a.Result = "SOME" },
		"name beyond its size": func(a *Answer) { name := strings.Repeat("x", 201); a.Lines[0].Name = &name },
	}
	for name, spoil := range spoil {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := placed(t, Partial, 3)
			forged := answer(o, Full, 3)
			spoil(&forged)
			changed, misfit := o.Settle(forged, moment)
			if !changed || misfit == nil {
				t.Fatalf("Settle = %t, %v; want a change and a misfit", changed, misfit)
			}
			if o.Status != Cancelled || o.Reason != ValidationError || !o.Steps()[1].Releases {
				t.Errorf("order is %s (%s), step %+v", o.Status, o.Reason, o.Steps()[1])
			}
			if o.Total != nil || o.Lines[0].UnitPrice != nil || o.Lines[0].Fulfilled != 0 {
				t.Errorf("the answer left traces: %+v", o)
			}
		})
	}
}

func TestPartOfAnAllOrNothingOrderDoesNotFit(t *testing.T) {
	t.Parallel()
	o := placed(t, AllOrNothing, 3)
	if _, misfit := o.Settle(answer(o, Some, 2), moment); misfit == nil || o.Reason != ValidationError {
		t.Errorf("Settle = %v, reason %s; want a misfit", misfit, o.Reason)
	}
}

func TestLateAnswerLeavesSettledOrderAlone(t *testing.T) {
	t.Parallel()
	for _, status := range []Status{Confirmed, PartialConfirmed, Cancelled, Shipped} {
		o := placed(t, Partial, 3)
		o.Status = status
		late := answer(o, Full, 3)
		if changed, misfit := o.Settle(late, moment); changed || misfit != nil || o.Status != status || len(o.Steps()) != 1 {
			t.Errorf("%s: Settle = %t, %v, then %s", status, changed, misfit, o.Status)
		}
	}
}

func TestReasonOfAnAnswerIsKeptWhenItIsOne(t *testing.T) {
	t.Parallel()
	for given, want := range map[Reason]Reason{
		"": OutOfStock, UnknownProduct: UnknownProduct, QuoteUsed: QuoteUsed, "RELEASED": ValidationError, "because": ValidationError,
	} {
		o := placed(t, Partial, 1)
		none := answer(o, Nothing, 0)
		none.Reason = given
		if _, misfit := o.Settle(none, moment); misfit != nil || o.Reason != want {
			t.Errorf("reason %q: order has %s (%v), want %s", given, o.Reason, misfit, want)
		}
	}
}

func TestLargestOrderThatCanBePlacedHasATotal(t *testing.T) {
	t.Parallel()
	lines := make([]Line, 100)
	for i := range lines {
		lines[i] = Line{ProductID: newID(t), Purchased: 10_000}
	}
	o, err := Place(newID(t), Draft{Address: "x", Lines: lines}, Cause{})
	if err != nil {
		t.Fatal(err)
	}
	dear := Answer{OrderID: o.ID, Result: Full}
	for _, l := range lines {
		price := money.MaxPrice
		dear.Lines = append(dear.Lines, AnsweredLine{ProductID: l.ProductID, Requested: l.Purchased, Taken: l.Purchased, UnitPrice: &price})
	}
	if _, misfit := o.Settle(dear, moment); misfit != nil || totalOf(o) != "9999999999990000.00" {
		t.Errorf("Settle = %v, total %s; the largest order that can be placed must fit", misfit, totalOf(o))
	}
}

func TestAnswerMayNameItsProductsInAnyOrder(t *testing.T) {
	t.Parallel()
	lines := []Line{{ProductID: newID(t), Purchased: 1}, {ProductID: newID(t), Purchased: 2}, {ProductID: newID(t), Purchased: 3}}
	o, err := Place(newID(t), Draft{Address: "x", Lines: lines}, Cause{})
	if err != nil {
		t.Fatal(err)
	}
	mixed := Answer{OrderID: o.ID, Result: Full}
	for _, i := range []int{2, 0, 1} {
		price := money.Amount(100 * (i + 1))
		mixed.Lines = append(mixed.Lines, AnsweredLine{ProductID: lines[i].ProductID, Requested: i + 1, Taken: i + 1, UnitPrice: &price})
	}
	if _, misfit := o.Settle(mixed, moment); misfit != nil || totalOf(o) != "14.00" {
		t.Errorf("Settle = %v, total %s; want 14.00", misfit, totalOf(o))
	}
	for i, l := range o.Lines {
		if l.Fulfilled != i+1 || *l.UnitPrice != money.Amount(100*(i+1)) {
			t.Errorf("line %d = %+v", i, l)
		}
	}
}

// placed is a new order of one product.
func placed(t *testing.T, f Fulfilment, units int) *Order {
	t.Helper()
	o, err := Place(newID(t), Draft{Address: "1 Main Street", Fulfilment: f, Lines: []Line{{ProductID: newID(t), Purchased: units}}}, Cause{Actor: "someone"})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// answer is one to an order of one product at 19.90.
func answer(o *Order, r Result, taken int) Answer {
	price, name := money.Amount(1990), "Lamp"
	line := o.Lines[0]
	return Answer{OrderID: o.ID, Result: r, Lines: []AnsweredLine{{ProductID: line.ProductID, Name: &name, Requested: line.Purchased, Taken: taken, UnitPrice: &price}}}
}

func totalOf(o *Order) string {
	if o.Total == nil {
		return ""
	}
	return o.Total.String()
}
