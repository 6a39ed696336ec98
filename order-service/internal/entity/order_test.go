package entity

import (
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/fault"
)

func TestOrderTakesOnlyStepsOfItsLifecycle(t *testing.T) {
	t.Parallel()
	all := []Status{New, Confirmed, PartialConfirmed, Cancelled, Shipped}
	allowed := map[[2]Status]bool{
		{New, Confirmed}: true, {New, PartialConfirmed}: true, {New, Cancelled}: true,
		{Confirmed, Shipped}: true, {Confirmed, Cancelled}: true,
		{PartialConfirmed, Shipped}: true, {PartialConfirmed, Cancelled}: true,
	}
	for _, from := range all {
		for _, to := range all {
			t.Run(string(from+" to "+to), func(t *testing.T) {
				t.Parallel()
				o := &Order{Status: from, Version: 3}
				err := o.moveTo(to, Cause{Actor: System}, moment)
				if want := allowed[[2]Status{from, to}]; (err == nil) != want {
					t.Fatalf("moveTo = %v, want allowed %t", err, want)
				}
				if err != nil {
					if fault.CodeOf(err) != fault.CodeIllegalStatus || o.Status != from || o.Version != 3 || len(o.Steps()) != 0 {
						t.Errorf("order is %+v after %v, want it unmoved and ILLEGAL_STATUS", o, err)
					}
					return
				}
				if got := o.Steps(); len(got) != 1 || got[0].Sequence != 4 || got[0].From != from || got[0].To != to || !got[0].OccurredAt.Equal(moment) {
					t.Errorf("steps = %+v, want one, number 4", got)
				}
			})
		}
	}
}

func TestFinalStatusesAreCancelledAndShipped(t *testing.T) {
	t.Parallel()
	for status, want := range map[Status]bool{New: false, Confirmed: false, PartialConfirmed: false, Cancelled: true, Shipped: true} {
		if got := status.Final(); got != want {
			t.Errorf("%s.Final() = %t, want %t", status, got, want)
		}
	}
}

func TestOrderAsPlacedForgetsWhatCameAfter(t *testing.T) {
	t.Parallel()
	o := placed(t, Partial, 2)
	if _, err := o.Settle(answer(o, Full, 2), moment); err != nil {
		t.Fatal(err)
	}
	got := o.AsPlaced()
	if got.Status != New || got.Version != 1 || got.Total != nil || !got.UpdatedAt.Equal(got.CreatedAt) {
		t.Errorf("as placed: %+v", got)
	}
	if line := got.Lines[0]; line.Fulfilled != 0 || line.Name != nil || line.UnitPrice != nil || line.Purchased != 2 {
		t.Errorf("line as placed: %+v", line)
	}
	if o.Status != Confirmed || o.Lines[0].Fulfilled != 2 {
		t.Errorf("the order itself changed: %+v", o)
	}
}

var moment = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
