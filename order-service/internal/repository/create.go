package repository

import (
	"context"
	"fmt"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// placement is an order to create, with its idempotency key if it has one.
type placement struct {
	order *entity.Order
	once  *entity.Once
}

// Create saves a new order. taken reports that another order has its idempotency
// key; then nothing is saved. Orders that arrive together share a transaction.
func (r *Orders) Create(ctx context.Context, o *entity.Order, once *entity.Once) (taken bool, err error) {
	return r.placing.Do(ctx, placement{o, once})
}

func (r *Orders) createAll(ctx context.Context, placed []placement) (taken []bool, err error) {
	taken, err = r.tryCreate(ctx, placed)
	if database.IsDuplicate(err) {
		// Somebody used one of the keys between our look and our insert. Their order
		// is committed, so a second look finds it.
		taken, err = r.tryCreate(ctx, placed)
	}
	return taken, err
}

func (r *Orders) tryCreate(ctx context.Context, placed []placement) (taken []bool, err error) {
	var records []contract.Record
	err = database.InTx(ctx, r.db, func(tx *database.Tx) (err error) {
		if taken, err = takenKeys(ctx, tx, placed); err != nil {
			return err
		}
		var orders []*entity.Order
		var keys []*entity.Once
		for i, p := range placed {
			if !taken[i] {
				orders, keys = append(orders, p.order), append(keys, p.once)
			}
		}
		if records, err = r.records(orders); err != nil {
			return err
		}
		return insert(ctx, tx, orders, keys, records)
	})
	if err != nil {
		return nil, err
	}
	r.offer(records...)
	return taken, nil
}

// insert writes new orders with all that belongs to them.
func insert(ctx context.Context, tx *database.Tx, orders []*entity.Order, keys []*entity.Once, records []contract.Record) error {
	if len(orders) == 0 {
		return nil
	}
	if err := insertOrders(ctx, tx, orders, keys); err != nil {
		return err
	}
	if err := saveLines(ctx, tx, orders); err != nil {
		return err
	}
	if err := insertHistory(ctx, tx, orders); err != nil {
		return err
	}
	return outbox.Add(ctx, tx, records...)
}

// takenKeys reports which placements find their idempotency key used, by an
// earlier order or by one before them in the batch.
func takenKeys(ctx context.Context, tx *database.Tx, placed []placement) ([]bool, error) {
	used := map[entity.Digest]bool{}
	var digests []any
	for _, p := range placed {
		if p.once != nil {
			digests = append(digests, p.once.Key[:])
		}
	}
	if len(digests) > 0 {
		var found [][]byte
		query := "SELECT idempotency_digest FROM orders WHERE idempotency_digest IN " + database.In(len(digests))
		if err := tx.SelectContext(ctx, &found, query, digests...); err != nil {
			return nil, fmt.Errorf("look up idempotency keys: %w", err)
		}
		for _, digest := range found {
			used[entity.Digest(digest)] = true
		}
	}
	taken := make([]bool, len(placed))
	for i, p := range placed {
		if p.once != nil {
			taken[i] = used[p.once.Key]
			used[p.once.Key] = true
		}
	}
	return taken, nil
}

func insertOrders(ctx context.Context, tx *database.Tx, orders []*entity.Order, keys []*entity.Once) error {
	const columns = 14
	args := make([]any, 0, columns*len(orders))
	for i, o := range orders {
		args = append(args, orderValues(o)...)
		if once := keys[i]; once != nil {
			args = append(args, once.Key[:], once.Request[:])
		} else {
			args = append(args, nil, nil)
		}
	}
	err := execRows(ctx, tx, "INSERT INTO orders ("+orderColumns+", idempotency_digest, request_digest) VALUES ", columns, args, "")
	if err != nil {
		return fmt.Errorf("insert %d orders: %w", len(orders), err)
	}
	return nil
}
