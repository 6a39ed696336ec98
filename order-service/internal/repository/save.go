package repository

import (
	"context"
	"fmt"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// orderColumns are the columns of an order, in the order of orderValues.
const orderColumns = `order_id, client_id, client_name, address, fulfilment, quote_id, order_status,
	cancel_reason, total_price, version, created_at, last_update_time`

func orderValues(o *entity.Order) []any {
	return []any{
		o.ID, o.ClientID, null(o.ClientName), null(o.Address), string(o.Fulfilment), o.QuoteID, string(o.Status),
		null(string(o.Reason)), o.Total, o.Version, o.CreatedAt, o.UpdatedAt,
	}
}

// null stores an empty text as NULL.
func null(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// saveOrders writes what steps change, for all orders by one statement. The rows
// exist and are locked, so the insert always turns into an update; of the other
// columns it names only those that no row may lack.
func saveOrders(ctx context.Context, tx *database.Tx, orders []*entity.Order) error {
	const columns = 9
	args := make([]any, 0, columns*len(orders))
	for _, o := range orders {
		args = append(args, o.ID, o.ClientID, string(o.Fulfilment), o.CreatedAt,
			string(o.Status), null(string(o.Reason)), o.Total, o.Version, o.UpdatedAt)
	}
	err := execRows(ctx, tx, `
		INSERT INTO orders (order_id, client_id, fulfilment, created_at, order_status, cancel_reason, total_price, version, last_update_time)
		VALUES `, columns, args, `
		ON DUPLICATE KEY UPDATE
			order_status = VALUES(order_status), cancel_reason = VALUES(cancel_reason), total_price = VALUES(total_price),
			version = VALUES(version), last_update_time = VALUES(last_update_time)`)
	if err != nil {
		return fmt.Errorf("save %d orders: %w", len(orders), err)
	}
	return nil
}

// execRows executes a statement for rows of so many arguments each, part by part:
// before is its text up to VALUES, after what follows the rows.
func execRows(ctx context.Context, tx *database.Tx, before string, columns int, args []any, after string) error {
	return database.Chunks(len(args)/columns, columns, func(from, to int) error {
		return tx.ExecLater(ctx, before+database.Values(to-from, columns)+after, args[from*columns:to*columns]...)
	})
}

// saveLines writes the lines of orders that are new or got their snapshot.
func saveLines(ctx context.Context, tx *database.Tx, orders []*entity.Order) error {
	const columns = 8
	var args []any
	for _, o := range orders {
		for i, l := range o.Lines {
			args = append(args, o.ID, i+1, l.ProductID, l.Purchased, l.Fulfilled, l.Name, l.ImageURL, l.UnitPrice)
		}
	}
	err := execRows(ctx, tx, `
		INSERT INTO order_products (order_id, line_number, product_id, purchased_quantity, fulfilled_quantity,
			product_name, product_image_url, unit_price)
		VALUES `, columns, args, `
		ON DUPLICATE KEY UPDATE
			fulfilled_quantity = VALUES(fulfilled_quantity), product_name = VALUES(product_name),
			product_image_url = VALUES(product_image_url), unit_price = VALUES(unit_price)`)
	if err != nil {
		return fmt.Errorf("save lines of %d orders: %w", len(orders), err)
	}
	return nil
}

// insertHistory adds the steps that the orders took.
func insertHistory(ctx context.Context, tx *database.Tx, orders []*entity.Order) error {
	const columns = 9
	var args []any
	for _, o := range orders {
		for _, s := range o.Steps() {
			args = append(args, o.ID, s.Sequence, null(string(s.From)), string(s.To), s.Actor, null(string(s.Reason)),
				null(s.Note), null(s.TraceID), s.OccurredAt)
		}
	}
	err := execRows(ctx, tx, `
		INSERT INTO order_history (order_id, sequence, from_status, to_status, actor, reason, note, trace_id, occurred_at)
		VALUES `, columns, args, "")
	if err != nil {
		return fmt.Errorf("add to the history of %d orders: %w", len(orders), err)
	}
	return nil
}
