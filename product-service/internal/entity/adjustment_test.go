package entity_test

import (
	"testing"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

func TestAdjust(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		count  entity.Count
		onHand int // 10 before, 4 of them reserved
		code   fault.Code
	}{
		{"a delivery", entity.Count{Delta: new(5), Reason: "delivery"}, 15, ""},
		{"breakage", entity.Count{Delta: new(-6), Reason: "breakage"}, 4, ""},
		{"more breakage than is free", entity.Count{Delta: new(-7), Reason: "breakage"}, 10, fault.CodeStockBelowReserved},
		{"a stock-take", entity.Count{Quantity: new(8), Reason: "count"}, 8, ""},
		{"a stock-take that finds all", entity.Count{Quantity: new(10), Reason: "count"}, 10, ""},
		{"a stock-take below what is reserved", entity.Count{Quantity: new(3), Reason: "count"}, 10, fault.CodeStockBelowReserved},
		{"too much", entity.Count{Delta: new(entity.MaxStock), Reason: "x"}, 10, fault.CodeInvalidRequest},
		{"nothing", entity.Count{Delta: new(0), Reason: "x"}, 10, fault.CodeInvalidRequest},
		{"both", entity.Count{Delta: new(1), Quantity: new(1), Reason: "x"}, 10, fault.CodeInvalidRequest},
		{"neither", entity.Count{Reason: "x"}, 10, fault.CodeInvalidRequest},
		{"no reason", entity.Count{Delta: new(1)}, 10, fault.CodeInvalidRequest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := lamp(t, 10)
			p.Stock.Reserved = 4
			err := p.Adjust(tt.count, by(t, 1))
			if p.Stock.OnHand != tt.onHand {
				t.Errorf("on hand = %d, want %d", p.Stock.OnHand, tt.onHand)
			}
			if tt.code == "" {
				if last := p.Adjustments[len(p.Adjustments)-1]; err != nil || len(p.Adjustments) != 2 || last.OnHand != tt.onHand || p.Version != 2 {
					t.Errorf("Adjust = %v with %+v at version %d, want an adjustment kept", err, last, p.Version)
				}
				return
			}
			if fault.CodeOf(err) != tt.code || len(p.Adjustments) != 1 || p.Version != 1 {
				t.Errorf("Adjust = %v at version %d, want %s and nothing kept", err, p.Version, tt.code)
			}
		})
	}
}

func TestLowStockIsToldOnceAtEachCrossing(t *testing.T) {
	t.Parallel()
	p := lamp(t, 10)
	if err := p.Apply(entity.Change{Threshold: &entity.Threshold{Units: new(5)}}, by(t, 1)); err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, step := range []struct{ delta, told int }{{-4, 0}, {-1, 1}, {-2, 0}, {4, 0}, {-2, 1}, {-5, 0}} {
		p.Events = nil
		if err := p.Adjust(entity.Count{Delta: &step.delta, Reason: "x"}, by(t, 2)); err != nil {
			t.Fatal(err)
		}
		if told = len(p.Events); told != step.told {
			t.Errorf("%+d to %d: told %d times, want %d", step.delta, p.Stock.OnHand, told, step.told)
		}
	}
	p.Events = nil
	if err := p.Apply(entity.Change{Threshold: &entity.Threshold{}}, by(t, 3)); err != nil {
		t.Fatal(err)
	}
	if len(p.Events) != 0 || p.Stock.LowTold {
		t.Errorf("without a threshold: events %v, told %t", p.Events, p.Stock.LowTold)
	}
	if err := p.Apply(entity.Change{Threshold: &entity.Threshold{Units: new(0)}}, by(t, 4)); err != nil {
		t.Fatal(err)
	}
	if len(p.Events) != 1 {
		t.Errorf("a threshold that stock is already at: events %v, want one", p.Events)
	}
}
