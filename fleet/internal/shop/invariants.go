package shop

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/money"
)

// Ledger is a set of products that no orders but these have touched.
type Ledger struct {
	Products []string
	Orders   []string
}

// Check holds the promises against a quiet fleet, as an admin sees it; while
// something is still on its way it waits, at most until ctx ends:
//
//  1. every accepted order exists and has left NEW;
//  2. on-hand is what was stocked less what was shipped, reserved is what orders
//     hold, and 0 ≤ reserved ≤ on-hand;
//  3. orders and reservations agree, to the unit, and cancelled ones hold
//     nothing;
//  4. totals are the sum of price × quantity, to the cent, at the prices of the
//     reservation.
//
// That a replay of every topic changes nothing, the fifth, takes a broker: see
// topics.Replay.
func (p *Person) Check(ctx context.Context, l Ledger) error {
	return Eventually(ctx, func(ctx context.Context) error {
		orders, err := p.checkOrders(ctx, l.Orders)
		if err != nil {
			return err
		}
		held, shipped := map[string]int{}, map[string]int{}
		for _, order := range orders {
			for _, line := range order.Products {
				switch order.Status {
				case "CONFIRMED", "PARTIAL_CONFIRMED":
					held[line.ID] += line.Fulfilled
				case "SHIPPED":
					shipped[line.ID] += line.Fulfilled
				}
			}
		}
		var broken []error
		for _, productID := range l.Products {
			broken = append(broken, p.checkStock(ctx, productID, held[productID], shipped[productID]))
		}
		return errors.Join(broken...)
	})
}

// checkers is how many orders are looked at at once.
const checkers = 16

// checkOrders reads the orders and holds each against its reservation.
func (p *Person) checkOrders(ctx context.Context, ids []string) ([]Order, error) {
	orders := make([]Order, len(ids))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(checkers)
	for i, orderID := range ids {
		g.Go(func() (err error) {
			if orders[i], err = p.Order(ctx, orderID); err != nil {
				return err
			}
			return p.checkOrder(ctx, orders[i])
		})
	}
	return orders, g.Wait()
}

func (p *Person) checkStock(ctx context.Context, productID string, held, shipped int) error {
	product, err := p.Product(ctx, productID)
	if err != nil {
		return err
	}
	stocked, err := p.Stocked(ctx, productID)
	if err != nil {
		return err
	}
	if product.OnHand != stocked-shipped || product.Reserved != held || product.Quantity != product.OnHand-product.Reserved ||
		product.Reserved < 0 || product.Reserved > product.OnHand {
		return fmt.Errorf("product %s: on hand %d, reserved %d, available %d; %d were stocked, %d shipped, orders hold %d",
			productID, product.OnHand, product.Reserved, product.Quantity, stocked, shipped, held)
	}
	return nil
}

func (p *Person) checkOrder(ctx context.Context, o Order) error {
	switch o.Status {
	case "NEW":
		return fmt.Errorf("order %s is still NEW", o.ID)
	case "CANCELLED":
		return p.checkCancelled(ctx, o)
	}
	r, err := p.Reservation(ctx, o.ID)
	if err != nil {
		return err
	}
	if want := map[string]string{"CONFIRMED": "HELD", "PARTIAL_CONFIRMED": "HELD", "SHIPPED": "SHIPPED"}[o.Status]; r.State != want {
		return fmt.Errorf("order %s is %s, its reservation %s", o.ID, o.Status, r.State)
	}
	taken, prices := map[string]int{}, map[string]money.Amount{}
	for _, line := range r.Products {
		taken[line.ProductID], prices[line.ProductID] = line.Taken, line.UnitPrice
	}
	var total money.Amount
	for _, line := range o.Products {
		if line.Fulfilled != taken[line.ID] || line.UnitPrice == nil || *line.UnitPrice != prices[line.ID] {
			return fmt.Errorf("order %s: product %s has %d units at %v, its reservation %d at %s",
				o.ID, line.ID, line.Fulfilled, line.UnitPrice, taken[line.ID], prices[line.ID])
		}
		total += *line.UnitPrice * money.Amount(line.Fulfilled)
	}
	if o.TotalPrice == nil || *o.TotalPrice != total {
		return fmt.Errorf("order %s: total %v, its lines make %s", o.ID, o.TotalPrice, total)
	}
	return nil
}

// checkCancelled expects that nothing is held for the order. One that was never
// asked about has no reservation, or the tombstone of its release.
func (p *Person) checkCancelled(ctx context.Context, o Order) error {
	if o.Reason == "" {
		return fmt.Errorf("order %s was cancelled without a reason", o.ID)
	}
	r, err := p.Reservation(ctx, o.ID)
	if CodeOf(err) == "NOT_FOUND" {
		return nil
	}
	if err != nil {
		return err
	}
	if r.State != "RELEASED" {
		return fmt.Errorf("order %s is CANCELLED (%s), its reservation %s", o.ID, o.Reason, r.State)
	}
	return nil
}
