package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// Find returns an order, or fault.NotFound.
func (r *Orders) Find(ctx context.Context, orderID id.ID) (*entity.Order, error) {
	orders, err := read(ctx, r.db, "order_id = ?", orderID)
	if err != nil {
		return nil, database.Wrap(err)
	}
	if len(orders) == 0 {
		return nil, fault.NotFoundf("order %s not found", orderID)
	}
	return orders[0], nil
}

// FindOnce returns the order that was placed under an idempotency key and the
// digest of its request, or fault.NotFound.
func (r *Orders) FindOnce(ctx context.Context, key entity.Digest) (*entity.Order, entity.Digest, error) {
	var row struct {
		OrderID id.ID  `db:"order_id"`
		Request []byte `db:"request_digest"`
	}
	err := r.db.GetContext(ctx, &row, "SELECT order_id, request_digest FROM orders WHERE idempotency_digest = ?", key[:])
	if errors.Is(err, sql.ErrNoRows) {
		return nil, entity.Digest{}, fault.NotFoundf("no order under this key")
	}
	if err != nil {
		return nil, entity.Digest{}, database.Wrap(fmt.Errorf("find an order by its idempotency key: %w", err))
	}
	order, err := r.Find(ctx, row.OrderID)
	return order, entity.Digest(row.Request), err
}

// versionsInStatement bounds one statement of Versions.
const versionsInStatement = 1000

// Versions returns the versions of those of the orders that exist.
func (r *Orders) Versions(ctx context.Context, ids []id.ID) (map[id.ID]int, error) {
	versions := make(map[id.ID]int, len(ids))
	for part := range slices.Chunk(ids, versionsInStatement) {
		args := make([]any, len(part))
		for i, orderID := range part {
			args[i] = orderID
		}
		var rows []struct {
			OrderID id.ID `db:"order_id"`
			Version int   `db:"version"`
		}
		err := r.db.SelectContext(ctx, &rows, "SELECT order_id, version FROM orders WHERE order_id IN "+database.In(len(part)), args...)
		if err != nil {
			return nil, database.Wrap(fmt.Errorf("look for the versions of %d orders: %w", len(part), err))
		}
		for _, row := range rows {
			versions[row.OrderID] = row.Version
		}
	}
	return versions, nil
}

// History returns the steps of an order after a sequence, oldest first.
func (r *Orders) History(ctx context.Context, orderID id.ID, after int) ([]entity.Step, error) {
	var rows []struct {
		Sequence   int       `db:"sequence"`
		From       *string   `db:"from_status"`
		To         string    `db:"to_status"`
		Actor      string    `db:"actor"`
		Reason     *string   `db:"reason"`
		Note       *string   `db:"note"`
		TraceID    *string   `db:"trace_id"`
		OccurredAt time.Time `db:"occurred_at"`
	}
	err := r.db.SelectContext(ctx, &rows, `
		SELECT   sequence, from_status, to_status, actor, reason, note, trace_id, occurred_at
		FROM     order_history
		WHERE    order_id = ? AND sequence > ?
		ORDER BY sequence`, orderID, after)
	if err != nil {
		return nil, database.Wrap(fmt.Errorf("read the history of order %s: %w", orderID, err))
	}
	steps := make([]entity.Step, len(rows))
	for i, row := range rows {
		steps[i] = entity.Step{
			Sequence: row.Sequence, From: entity.Status(text(row.From)), To: entity.Status(row.To), OccurredAt: row.OccurredAt,
			Cause: entity.Cause{Actor: row.Actor, Reason: entity.Reason(text(row.Reason)), Note: text(row.Note), TraceID: text(row.TraceID)},
		}
	}
	return steps, nil
}
