package repository

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// The locks that reservations are read with. Whoever only repeats an answer
// needs none.
const (
	noLock    = ""
	forUpdate = " FOR UPDATE"
)

// loadReservations puts the reservations of orders, as far as there are any,
// into the books.
func loadReservations(ctx context.Context, tx *database.Tx, books *entity.Books, orders []id.ID, lock string) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT   order_id, client_id, quote_id, idempotency_key, state, result, reason, created_at, updated_at, closed_at
		FROM     reservations
		WHERE    order_id IN `+database.In(len(orders))+`
		ORDER BY order_id`+lock, anys(orders)...)
	if err != nil {
		return fmt.Errorf("find reservations: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to its end or failed
	for rows.Next() {
		var r entity.Reservation
		var key, reason sql.NullString
		var closed sql.NullTime
		if err := rows.Scan(&r.OrderID, &r.ClientID, &r.QuoteID, &key, &r.State, &r.Result, &reason, &r.CreatedAt, &r.UpdatedAt, &closed); err != nil {
			return fmt.Errorf("read a reservation: %w", err)
		}
		r.Key, r.Reason, r.ClosedAt = key.String, entity.Reason(reason.String), closed.Time
		books.Known[r.OrderID] = &r
	}
	if err := rows.Err(); err != nil || len(books.Known) == 0 {
		return err
	}
	return loadLines(ctx, tx, books.Known)
}

func loadLines(ctx context.Context, tx *database.Tx, known map[id.ID]*entity.Reservation) error {
	orders := make([]any, 0, len(known))
	for _, r := range known {
		orders = append(orders, r.OrderID)
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT   order_id, product_id, name, image_url, requested, taken, unit_price
		FROM     reservation_lines
		WHERE    order_id IN `+database.In(len(orders))+`
		ORDER BY order_id, line`, orders...)
	if err != nil {
		return fmt.Errorf("find reservation lines: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to its end or failed
	for rows.Next() {
		var orderID id.ID
		var line entity.Line
		if err := rows.Scan(&orderID, &line.ProductID, &line.Name, &line.ImageURL, &line.Requested, &line.Taken, &line.UnitPrice); err != nil {
			return fmt.Errorf("read a reservation line: %w", err)
		}
		known[orderID].Lines = append(known[orderID].Lines, line)
	}
	return rows.Err()
}

// writeBooks saves what the books' commands have changed, and returns what
// others should hear of it.
func writeBooks(ctx context.Context, tx *database.Tx, books *entity.Books) ([]entity.Event, error) {
	changed, events := books.Shelf.Changed(books.At)
	if err := saveStock(ctx, tx, changed); err != nil {
		return nil, err
	}
	if err := saveClosed(ctx, tx, books.Closed); err != nil {
		return nil, err
	}
	if err := saveUsed(ctx, tx, books.Used); err != nil {
		return nil, err
	}
	return events, insertOpened(ctx, tx, books.Opened)
}

// insertOpened adds new reservations and their lines. It fails as a duplicate
// when another transaction was faster.
func insertOpened(ctx context.Context, tx *database.Tx, opened []*entity.Reservation) error {
	slices.SortFunc(opened, func(a, b *entity.Reservation) int { return bytes.Compare(a.OrderID[:], b.OrderID[:]) })
	err := insert(ctx, tx, `
		INSERT INTO reservations (order_id, client_id, quote_id, idempotency_key, state, result, reason, created_at, updated_at, closed_at)
		VALUES `, opened, func(to []any, r *entity.Reservation) []any {
		return append(to, r.OrderID, r.ClientID, r.QuoteID, nullable(r.Key), string(r.State), string(r.Result), nullable(r.Reason),
			r.CreatedAt, r.UpdatedAt, nullableTime(r.ClosedAt))
	}, "")
	if err != nil {
		return fmt.Errorf("insert reservations: %w", err)
	}
	type entry struct {
		orderID id.ID
		number  int
		*entity.Line
	}
	var entries []entry
	for _, r := range opened {
		for i := range r.Lines {
			entries = append(entries, entry{r.OrderID, i, &r.Lines[i]})
		}
	}
	err = insert(ctx, tx, `
		INSERT INTO reservation_lines (order_id, line, product_id, name, image_url, requested, taken, unit_price)
		VALUES `, entries, func(to []any, e entry) []any {
		return append(to, e.orderID, e.number, e.ProductID, e.Name, e.ImageURL, e.Requested, e.Taken, e.UnitPrice)
	}, "")
	if err != nil {
		return fmt.Errorf("insert reservation lines: %w", err)
	}
	return nil
}

// saveClosed writes the end of reservations, one statement for all that ended
// alike.
func saveClosed(ctx context.Context, tx *database.Tx, closed []*entity.Reservation) error {
	type ending struct {
		state  entity.State
		reason entity.Reason
	}
	alike := map[ending][]id.ID{}
	for _, r := range closed {
		e := ending{r.State, r.Reason}
		alike[e] = append(alike[e], r.OrderID)
	}
	for e, orders := range alike {
		at := closed[0].UpdatedAt
		args := append([]any{string(e.state), nullable(e.reason), at, at}, anys(orders)...)
		err := tx.ExecLater(ctx, `
			UPDATE reservations
			SET    state = ?, reason = ?, updated_at = ?, closed_at = ?
			WHERE  order_id IN `+database.In(len(orders)), args...)
		if err != nil {
			return fmt.Errorf("close reservations: %w", err)
		}
	}
	return nil
}
