package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// Quotes keeps what clients were offered.
type Quotes struct {
	db *sqlx.DB
}

// NewQuotes returns the quotes in db.
func NewQuotes(db *sqlx.DB) *Quotes { return &Quotes{db: db} }

// Shelf returns those of the products that exist, with the prices that hold at a
// moment.
func (r *Quotes) Shelf(ctx context.Context, products []id.ID, at time.Time) (entity.Shelf, error) {
	shelf := entity.Shelf{}
	err := database.InTx(ctx, r.db, func(tx *database.Tx) error {
		clear(shelf)
		var rows []struct {
			ID     id.ID         `db:"product_id"`
			Name   string        `db:"name"`
			Status entity.Status `db:"status"`
		}
		query := "SELECT product_id, name, status FROM products WHERE product_id IN " + database.In(len(products))
		if err := tx.SelectContext(ctx, &rows, query, anys(products)...); err != nil {
			return fmt.Errorf("find products to quote: %w", err)
		}
		prices, err := timelines(ctx, tx, products, at)
		for _, row := range rows {
			shelf.Put(&entity.Item{ProductID: row.ID, Name: row.Name, Status: row.Status, Prices: prices[row.ID]})
		}
		return err
	})
	return shelf, err
}

// Create adds a quote.
func (r *Quotes) Create(ctx context.Context, q *entity.Quote) error {
	return database.InTx(ctx, r.db, func(tx *database.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO quotes (quote_id, client_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
			q.ID, q.ClientID, q.CreatedAt, q.ExpiresAt)
		if err != nil {
			return fmt.Errorf("insert quote %s: %w", q.ID, err)
		}
		line := 0
		err = insert(ctx, tx, "INSERT INTO quote_lines (quote_id, line, product_id, name, quantity, unit_price) VALUES ", q.Lines,
			func(to []any, l entity.QuoteLine) []any {
				line++
				return append(to, q.ID, line, l.ProductID, l.Name, l.Quantity, l.UnitPrice)
			}, "")
		if err != nil {
			return fmt.Errorf("insert lines of quote %s: %w", q.ID, err)
		}
		return nil
	})
}

// Find returns a quote.
func (r *Quotes) Find(ctx context.Context, quoteID id.ID) (*entity.Quote, error) {
	var q *entity.Quote
	err := database.InTx(ctx, r.db, func(tx *database.Tx) error {
		found, err := readQuotes(ctx, tx, "WHERE quote_id = ?", quoteID)
		q = found[quoteID]
		return err
	})
	if err == nil && q == nil {
		return nil, fault.NotFoundf("There is no quote %s.", quoteID)
	}
	return q, err
}

// DeleteExpired removes at most limit quotes that expired before a moment, used
// or not, and returns how many.
func (r *Quotes) DeleteExpired(ctx context.Context, before time.Time, limit int) (deleted int, err error) {
	err = database.InTx(ctx, r.db, func(tx *database.Tx) error {
		var ids []id.ID
		query := "SELECT quote_id FROM quotes WHERE expires_at < ? ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED"
		if err := tx.SelectContext(ctx, &ids, query, before, limit); err != nil {
			return fmt.Errorf("find expired quotes: %w", err)
		}
		if deleted = len(ids); deleted == 0 {
			return nil
		}
		for _, table := range []string{"quote_lines", "quotes"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE quote_id IN "+database.In(len(ids)), anys(ids)...); err != nil {
				return fmt.Errorf("delete expired quotes: %w", err)
			}
		}
		return nil
	})
	return deleted, err
}

// DeleteUnused removes the quotes of clients that no order has used.
func (r *Quotes) DeleteUnused(ctx context.Context, clients []id.ID) error {
	return database.InTx(ctx, r.db, func(tx *database.Tx) error {
		for _, client := range clients {
			_, err := tx.ExecContext(ctx, "DELETE q, l FROM quotes q LEFT JOIN quote_lines l ON l.quote_id = q.quote_id WHERE q.client_id = ? AND q.order_id IS NULL", client)
			if err != nil {
				return fmt.Errorf("delete quotes of client %s: %w", client, err)
			}
		}
		return nil
	})
}
