package repository

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// loadQuotes locks the quotes that requests name and puts them into the books,
// so that of orders that race for one the first gets it. Orders without a quote
// cost nothing here.
func loadQuotes(ctx context.Context, tx *database.Tx, books *entity.Books, requests []entity.Request) error {
	var named []id.ID
	for _, r := range requests {
		if !r.QuoteID.IsZero() {
			named = append(named, r.QuoteID)
		}
	}
	if len(named) == 0 {
		return nil
	}
	found, err := readQuotes(ctx, tx, "FORCE INDEX (PRIMARY) WHERE quote_id IN "+database.In(len(named))+" ORDER BY quote_id FOR UPDATE", anys(named)...)
	maps.Copy(books.Quotes, found)
	return err
}

// readQuotes selects quotes with their lines. rest is what follows FROM quotes.
func readQuotes(ctx context.Context, tx *database.Tx, rest string, args ...any) (map[id.ID]*entity.Quote, error) {
	rows, err := tx.QueryContext(ctx, "SELECT quote_id, client_id, created_at, expires_at, order_id FROM quotes "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("find quotes: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to its end or failed
	quotes := map[id.ID]*entity.Quote{}
	for rows.Next() {
		var q entity.Quote
		if err := rows.Scan(&q.ID, &q.ClientID, &q.CreatedAt, &q.ExpiresAt, &q.OrderID); err != nil {
			return nil, fmt.Errorf("read a quote: %w", err)
		}
		quotes[q.ID] = &q
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("find quotes: %w", err)
	}
	return quotes, loadQuoteLines(ctx, tx, quotes)
}

func loadQuoteLines(ctx context.Context, tx *database.Tx, quotes map[id.ID]*entity.Quote) error {
	if len(quotes) == 0 {
		return nil
	}
	ids := make([]any, 0, len(quotes))
	for _, q := range quotes {
		ids = append(ids, q.ID)
	}
	rows, err := tx.QueryContext(ctx, "SELECT quote_id, product_id, name, quantity, unit_price FROM quote_lines WHERE quote_id IN "+
		database.In(len(ids))+" ORDER BY quote_id, line", ids...)
	if err != nil {
		return fmt.Errorf("find quote lines: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to its end or failed
	for rows.Next() {
		var quoteID id.ID
		var line entity.QuoteLine
		if err := rows.Scan(&quoteID, &line.ProductID, &line.Name, &line.Quantity, &line.UnitPrice); err != nil {
			return fmt.Errorf("read a quote line: %w", err)
		}
		quotes[quoteID].Lines = append(quotes[quoteID].Lines, line)
	}
	return rows.Err()
}

// saveUsed writes which orders have taken which quotes.
func saveUsed(ctx context.Context, tx *database.Tx, used []*entity.Quote) error {
	if len(used) == 0 {
		return nil
	}
	values := "SELECT ? AS quote_id, ? AS order_id" + strings.Repeat(" UNION ALL SELECT ?,?", len(used)-1)
	args := make([]any, 0, 2*len(used))
	for _, q := range used {
		args = append(args, q.ID, q.OrderID)
	}
	_, err := tx.ExecContext(ctx, "UPDATE ("+values+") v STRAIGHT_JOIN quotes q ON q.quote_id = v.quote_id SET q.order_id = v.order_id", args...)
	if err != nil {
		return fmt.Errorf("save used quotes: %w", err)
	}
	return nil
}
