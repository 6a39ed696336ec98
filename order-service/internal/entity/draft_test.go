package entity

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

func TestPlacingAddsUpRepeatedProducts(t *testing.T) {
	t.Parallel()
	lamp, chair := newID(t), newID(t)
	o, err := Place(newID(t), Draft{Address: " 1 Main Street ", Lines: []Line{{ProductID: lamp, Purchased: 2}, {ProductID: chair, Purchased: 1}, {ProductID: lamp, Purchased: 3}}}, Cause{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Line{{ProductID: lamp, Purchased: 5}, {ProductID: chair, Purchased: 1}}
	if diff := cmp.Diff(want, o.Lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if o.Address != "1 Main Street" || o.Fulfilment != Partial || o.Status != New || o.Version != 1 || !o.CreatedAt.Equal(o.ID.Time()) {
		t.Errorf("order = %+v", o)
	}
}

func TestPlacingTellsEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	lamp := newID(t)
	draft := Draft{
		Address: strings.Repeat("ä", 501), Fulfilment: "SOME",
		Lines: []Line{{ProductID: lamp, Purchased: 0}, {Purchased: 1}, {ProductID: lamp, Purchased: 10_001}, {ProductID: lamp, Purchased: 6000}, {ProductID: lamp, Purchased: 4001}},
	}
	_, err := Place(newID(t), draft, Cause{})
	want := []string{"body.address", "body.fulfilment", "body.products[0].quantity", "body.products[1].id", "body.products[2].quantity", "body.products[4].quantity"}
	if diff := cmp.Diff(want, places(err)); diff != "" {
		t.Errorf("places of %v (-want +got):\n%s", err, diff)
	}
}

func TestAddressIsPlainText(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][]string{"1 Main Street\r\n\tSpringfield": nil, "1 Main\x00Street": {"body.address"}, "\x1b[2J": {"body.address"}} {
		_, err := Place(newID(t), Draft{Address: address, Lines: []Line{{ProductID: newID(t), Purchased: 1}}}, Cause{})
		if diff := cmp.Diff(want, places(err)); diff != "" {
			t.Errorf("%q: places of %v (-want +got):\n%s", address, err, diff)
		}
	}
}

func TestPlacingBoundsTheNumberOfLines(t *testing.T) {
	t.Parallel()
	for n, ok := range map[int]bool{0: false, 1: true, 100: true, 101: false} {
		lines := make([]Line, n)
		for i := range lines {
			lines[i] = Line{ProductID: newID(t), Purchased: 10_000}
		}
		_, err := Place(newID(t), Draft{Address: "x", Lines: lines}, Cause{})
		if got := err == nil; got != ok {
			t.Errorf("%d lines: %v, want ok %t", n, err, ok)
		}
		if err != nil && !slices.Equal(places(err), []string{"body.products"}) {
			t.Errorf("%d lines: mistakes at %v, want body.products", n, places(err))
		}
	}
}

// places lists where a failure finds mistakes.
func places(err error) (found []string) {
	if f, ok := err.(*fault.Error); ok { //nolint:errorlint // as returned
		for _, v := range f.Violations {
			found = append(found, v.Location)
		}
	}
	return found
}

func newID(t *testing.T) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}
