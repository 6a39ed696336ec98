package repository

import (
	"context"
	"fmt"
	"slices"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// Update changes an order while holding its row, so that no other change comes
// between. If change fails nothing is saved; change may run again after a
// deadlock. It fails with fault.NotFound for an unknown order.
func (r *Orders) Update(ctx context.Context, orderID id.ID, change func(*entity.Order) error) (order *entity.Order, err error) {
	err = r.change(ctx, lockAll([]id.ID{orderID}), func(found []*entity.Order) error {
		if len(found) == 0 {
			return fault.NotFoundf("order %s not found", orderID)
		}
		order = found[0]
		return change(order)
	})
	return order, err
}

// UpdateAll changes those of the orders that exist, in one transaction, while
// holding their rows.
func (r *Orders) UpdateAll(ctx context.Context, ids []id.ID, change func([]*entity.Order) error) error {
	return r.change(ctx, lockAll(ids), change)
}

// UpdateOverdue changes up to limit of the orders that are still new and have
// smaller ids than before, in one transaction, while holding their rows. Rows
// that another replica holds are left to it. It returns how many it found.
func (r *Orders) UpdateOverdue(ctx context.Context, before id.ID, limit int, change func([]*entity.Order) error) (found int, err error) {
	lock := func(ctx context.Context, tx *database.Tx) ([]*entity.Order, error) {
		return read(ctx, tx, "order_status = ? AND order_id < ? ORDER BY order_id LIMIT ? FOR UPDATE SKIP LOCKED", string(entity.New), before, limit)
	}
	err = r.change(ctx, lock, func(orders []*entity.Order) error {
		found = len(orders)
		return change(orders)
	})
	return found, err
}

// locker reads orders and holds their rows.
type locker func(ctx context.Context, tx *database.Tx) ([]*entity.Order, error)

// lockAll holds the rows of the orders, always in the order of their ids, so
// that no two transactions wait for each other.
func lockAll(ids []id.ID) locker {
	ids = slices.Compact(slices.SortedFunc(slices.Values(ids), func(a, b id.ID) int { return slices.Compare(a[:], b[:]) }))
	args := make([]any, len(ids))
	for i, orderID := range ids {
		args[i] = orderID
	}
	return func(ctx context.Context, tx *database.Tx) ([]*entity.Order, error) {
		if len(args) == 0 {
			return nil, nil
		}
		return read(ctx, tx, "order_id IN "+database.In(len(args))+" ORDER BY order_id FOR UPDATE", args...)
	}
}

// change locks, lets the entities decide, and saves what they decided.
func (r *Orders) change(ctx context.Context, lock locker, decide func([]*entity.Order) error) error {
	var records []contract.Record
	err := database.InTx(ctx, r.db, func(tx *database.Tx) error {
		orders, err := lock(ctx, tx)
		if err != nil {
			return err
		}
		if err := decide(orders); err != nil {
			return err
		}
		changed := slices.DeleteFunc(slices.Clone(orders), func(o *entity.Order) bool { return len(o.Steps()) == 0 })
		if records, err = r.records(changed); err != nil {
			return err
		}
		return save(ctx, tx, changed, records)
	})
	if err != nil {
		return fmt.Errorf("change orders: %w", err)
	}
	r.offer(records...)
	return nil
}

func save(ctx context.Context, tx *database.Tx, orders []*entity.Order, records []contract.Record) error {
	if len(orders) == 0 {
		return nil
	}
	if err := saveOrders(ctx, tx, orders); err != nil {
		return err
	}
	if err := saveLines(ctx, tx, confirmed(orders)); err != nil {
		return err
	}
	if err := insertHistory(ctx, tx, orders); err != nil {
		return err
	}
	return outbox.Add(ctx, tx, records...)
}

// confirmed returns the orders whose lines got their snapshot; all other steps
// leave the lines as they are.
func confirmed(orders []*entity.Order) []*entity.Order {
	return slices.DeleteFunc(slices.Clone(orders), func(o *entity.Order) bool {
		return !slices.ContainsFunc(o.Steps(), entity.Step.Confirms)
	})
}
