package repository_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

func TestReservationIsTheStoredAnswer(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 5, 0)
	unknown := newID(t)
	requests := []entity.Request{
		order(t, entity.Want{ProductID: ids[0], Units: 2}),
		order(t, entity.Want{ProductID: ids[0], Units: 9}, entity.Want{ProductID: ids[1], Units: 1}),
		order(t, entity.Want{ProductID: ids[1], Units: 1}),
		order(t, entity.Want{ProductID: ids[0], Units: 1}, entity.Want{ProductID: unknown, Units: 1}),
	}
	requests[0].Key = "a key"
	first := w.reserve(t, requests...)
	var results []entity.Result
	for _, answer := range first {
		results = append(results, answer.Result)
	}
	if diff := cmp.Diff(results, []entity.Result{entity.Full, entity.Partial, entity.None, entity.None}); diff != "" {
		t.Fatalf("results (-got +want):\n%s", diff)
	}
	if first[2].Reason != entity.OutOfStock || first[3].Reason != entity.UnknownProduct {
		t.Errorf("reasons = %s, %s; want OUT_OF_STOCK, UNKNOWN_PRODUCT", first[2].Reason, first[3].Reason)
	}

	// The catalogue changes, the answers do not.
	_, err := w.products.Update(t.Context(), ids[0], func(p *entity.Product) error {
		name, price, status := "Another", money.Amount(1), entity.Archived
		return p.Apply(entity.Change{Name: &name, Price: &price, Status: &status}, edit(t, 1))
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w.reserve(t, requests...), first); diff != "" {
		t.Errorf("answers to the same requests (-got +want):\n%s", diff)
	}
	w.balance(t)
}

func TestReservationIsFound(t *testing.T) {
	t.Parallel()
	w := open(t)
	request := order(t, entity.Want{ProductID: w.stock(t, 5)[0], Units: 2})
	w.reserve(t, request)
	got, err := w.reservations.Find(t.Context(), request.OrderID)
	if err != nil || got.State != entity.Held || got.ClientID != request.ClientID || got.Lines[0].Taken != 2 || !got.CreatedAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("Find = %+v, %v", got, err)
	}
	if _, err := w.reservations.Find(t.Context(), newID(t)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Find of an unknown order = %v, want NotFound", err)
	}
}

func TestSameOrderTwiceInABatchTakesOnce(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 5)[0]
	request := order(t, entity.Want{ProductID: productID, Units: 2})
	answers := w.reserve(t, request, order(t, entity.Want{ProductID: productID, Units: 1}), request)
	if diff := cmp.Diff(answers[2], answers[0]); diff != "" {
		t.Errorf("second answer (-got +want):\n%s", diff)
	}
	if got := w.find(t, productID).Stock.Reserved; got != 3 {
		t.Errorf("reserved = %d, want 3", got)
	}
	w.balance(t)
}

func TestPriceIsThatOfThePlacing(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 100)[0]
	price := money.Amount(2000)
	_, err := w.products.Update(t.Context(), productID, func(p *entity.Product) error {
		return p.Apply(entity.Change{Price: &price}, edit(t, 60))
	})
	if err != nil {
		t.Fatal(err)
	}
	var requests []entity.Request
	for _, seconds := range []int{61, 59, 60, -999} {
		request := order(t, entity.Want{ProductID: productID, Units: 1})
		request.PlacedAt = noon.Add(time.Duration(seconds) * time.Second)
		requests = append(requests, request)
	}
	var got []money.Amount
	for _, answer := range w.reserve(t, requests...) {
		got = append(got, *answer.Lines[0].UnitPrice)
	}
	if diff := cmp.Diff(got, []money.Amount{2000, 1000, 2000, 1000}); diff != "" {
		t.Errorf("prices (-got +want):\n%s", diff)
	}
}

func TestReleaseGivesBackAndShipTakesOut(t *testing.T) {
	t.Parallel()
	w := open(t)
	ids := w.stock(t, 5, 5)
	released, shipped := order(t, entity.Want{ProductID: ids[0], Units: 2}, entity.Want{ProductID: ids[1], Units: 1}), order(t, entity.Want{ProductID: ids[0], Units: 2})
	first := w.reserve(t, released, shipped)
	for range 2 { // and again
		refusals := w.close(t,
			entity.Close{OrderID: released.OrderID, Outcome: entity.Released, Reason: "CLIENT_REQUEST"},
			entity.Close{OrderID: shipped.OrderID, Outcome: entity.Shipped})
		if refusals[0] != nil || refusals[1] != nil {
			t.Fatalf("refusals = %v", refusals)
		}
		if a, b := w.find(t, ids[0]).Stock, w.find(t, ids[1]).Stock; a.OnHand != 3 || a.Reserved != 0 || b.OnHand != 5 || b.Reserved != 0 {
			t.Errorf("stock = %+v, %+v; want 3 and 5 on hand, none reserved", a, b)
		}
		w.balance(t)
	}
	again := w.reserve(t, released, shipped)
	if again[0].Result != entity.None || again[0].Reason != entity.WasReleased || again[0].Lines[0].Taken != 0 {
		t.Errorf("answer after the release = %+v, want NONE RELEASED", again[0])
	}
	if diff := cmp.Diff(again[1], first[1]); diff != "" {
		t.Errorf("answer after the shipment (-got +want):\n%s", diff)
	}
	r, err := w.reservations.Find(t.Context(), released.OrderID)
	if err != nil || r.State != entity.Released || r.Reason != "CLIENT_REQUEST" || r.Result != entity.Full {
		t.Errorf("released reservation = %+v, %v", r, err)
	}
}

func TestReleaseBeforeTheValidationLeavesATombstone(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 5)[0]
	request := order(t, entity.Want{ProductID: productID, Units: 2})
	release := entity.Close{OrderID: request.OrderID, Outcome: entity.Released}
	for range 2 {
		if refusals := w.close(t, release, release); refusals[0] != nil || refusals[1] != nil {
			t.Fatalf("refusals = %v", refusals)
		}
		answer := w.reserve(t, request)[0]
		if answer.Result != entity.None || answer.Reason != entity.WasReleased || len(answer.Lines) != 1 || *answer.Lines[0].Name != "Thing" {
			t.Errorf("answer = %+v, want NONE RELEASED of one Thing", answer)
		}
	}
	if got := w.find(t, productID).Stock.Reserved; got != 0 {
		t.Errorf("reserved = %d, want 0", got)
	}
}

func TestCloseThatDoesNotFitIsRefusedAloneInItsBatch(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 9)[0]
	var orders []id.ID
	for range 3 {
		request := order(t, entity.Want{ProductID: productID, Units: 2})
		w.reserve(t, request)
		orders = append(orders, request.OrderID)
	}
	w.close(t, entity.Close{OrderID: orders[0], Outcome: entity.Released}, entity.Close{OrderID: orders[1], Outcome: entity.Shipped})
	refusals := w.close(t,
		entity.Close{OrderID: orders[0], Outcome: entity.Shipped},
		entity.Close{OrderID: orders[1], Outcome: entity.Released},
		entity.Close{OrderID: newID(t), Outcome: entity.Shipped},
		entity.Close{OrderID: orders[2], Outcome: entity.Released})
	codes := []fault.Code{fault.CodeOf(refusals[0]), fault.CodeOf(refusals[1]), fault.CodeOf(refusals[2])}
	if diff := cmp.Diff(codes, []fault.Code{fault.CodeIllegalStatus, fault.CodeIllegalStatus, fault.CodeNotFound}); diff != "" || refusals[3] != nil {
		t.Errorf("the good one: %v; codes (-got +want):\n%s", refusals[3], diff)
	}
	if stock := w.find(t, productID).Stock; stock.OnHand != 7 || stock.Reserved != 0 {
		t.Errorf("stock = %+v, want 7 on hand, none reserved", stock)
	}
	w.balance(t)
}

func TestLowStockIsToldByReservationsToo(t *testing.T) {
	t.Parallel()
	w := open(t)
	productID := w.stock(t, 10)[0]
	_, err := w.products.Update(t.Context(), productID, func(p *entity.Product) error {
		return p.Apply(entity.Change{Threshold: &entity.Threshold{Units: new(5)}}, edit(t, 1))
	})
	if err != nil {
		t.Fatal(err)
	}
	w.told = nil
	var requests []entity.Request
	for range 4 {
		requests = append(requests, order(t, entity.Want{ProductID: productID, Units: 2}))
		w.reserve(t, requests...)
	}
	for _, request := range requests[1:] {
		w.close(t, entity.Close{OrderID: request.OrderID, Outcome: entity.Released})
	}
	w.reserve(t, order(t, entity.Want{ProductID: productID, Units: 8}))
	low := func(available int, hours int) entity.Event {
		return entity.StockLow{ProductID: productID, Available: available, Threshold: 5, At: noon.Add(time.Duration(hours) * time.Hour)}
	}
	if diff := cmp.Diff(w.told, []entity.Event{low(4, 1), low(0, 1)}); diff != "" {
		t.Errorf("told (-got +want):\n%s", diff)
	}
}
