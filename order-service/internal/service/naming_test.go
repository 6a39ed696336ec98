package service_test

import (
	"context"
	"errors"
	"testing"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

// names calls every product a lamp.
type names struct {
	asked int
	err   error
}

func (n *names) Names(_ context.Context, ids []id.ID) (map[id.ID]entity.Named, error) {
	n.asked++
	found := map[id.ID]entity.Named{}
	for _, productID := range ids {
		found[productID] = entity.Named{Name: "Lamp"}
	}
	return found, n.err
}

func TestAdminsSeeNamesBeforeThereIsASnapshot(t *testing.T) {
	t.Parallel()
	shop, products := open(10), &names{}
	naming := service.NewNaming(shop.Orders, products)
	order := shop.place(t)
	find := func(by auth.Principal) *string {
		t.Helper()
		found, err := naming.Find(t.Context(), by, order.ID)
		if err != nil {
			t.Fatal(err)
		}
		return found.Lines[0].Name
	}
	if name := find(admin); name == nil || *name != "Lamp" {
		t.Errorf("an admin sees %v, want Lamp", name)
	}
	if name := find(ada); name != nil || products.asked != 1 {
		t.Errorf("a client sees %v, and product-service was asked %d times", *name, products.asked)
	}
	products.err = errors.New("away")
	if name := find(admin); name != nil {
		t.Errorf("without product-service an admin sees %v", *name)
	}
	shop.settle(t, order)
	if find(admin); products.asked != 2 {
		t.Errorf("a snapshot is not enough: asked %d times", products.asked)
	}
}
