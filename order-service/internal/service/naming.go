package service

import (
	"context"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// namer knows what products are called.
type namer interface {
	Names(ctx context.Context, ids []id.ID) (map[id.ID]entity.Named, error)
}

// Naming is Orders that shows admins what the products of an order are called
// which has no snapshot yet.
type Naming struct {
	*Orders
	products namer
}

// NewNaming returns orders with names from products.
func NewNaming(orders *Orders, products namer) *Naming {
	return &Naming{Orders: orders, products: products}
}

// Find is Orders.Find with names for admins. When nobody knows them for now, the
// order is shown without.
func (n *Naming) Find(ctx context.Context, by auth.Principal, orderID id.ID) (*entity.Order, error) {
	order, err := n.Orders.Find(ctx, by, orderID)
	if err != nil || !by.Is(auth.Admin) {
		return order, err
	}
	nameless := order.Nameless()
	if len(nameless) == 0 {
		return order, nil
	}
	names, err := n.products.Names(ctx, nameless)
	if err != nil {
		return order, nil //nolint:nilerr // an order without names is better than none
	}
	return order.WithNames(names), nil
}
