package repository

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// insertPrices writes the prices of products; one that is there already gets its
// new end, actor and amount.
func insertPrices(ctx context.Context, tx *database.Tx, products []*entity.Product) error {
	type entry struct {
		productID id.ID
		entity.Price
	}
	var entries []entry
	for _, p := range products {
		for _, price := range p.Prices {
			entries = append(entries, entry{p.ID, price})
		}
	}
	err := insert(ctx, tx, "INSERT INTO product_prices (product_id, effective_from, effective_to, price, actor) VALUES ", entries,
		func(to []any, e entry) []any {
			return append(to, e.productID, e.From, nullableTime(e.To), e.Amount, e.Actor)
		},
		" ON DUPLICATE KEY UPDATE effective_to = VALUES(effective_to), price = VALUES(price), actor = VALUES(actor)")
	if err != nil {
		return fmt.Errorf("insert prices: %w", err)
	}
	return nil
}

// pricesFrom returns a product's price in effect at a moment and all that follow.
func pricesFrom(ctx context.Context, tx *database.Tx, productID id.ID, at time.Time) (entity.Timeline, error) {
	found, err := timelines(ctx, tx, []id.ID{productID}, at)
	return found[productID], err
}

// loadPrices gives products their price in effect and all that follow.
func loadPrices(ctx context.Context, tx *database.Tx, products []*entity.Product) error {
	if len(products) == 0 {
		return nil
	}
	earliest := products[0].PriceFrom
	for _, p := range products {
		if p.PriceFrom.Before(earliest) {
			earliest = p.PriceFrom
		}
	}
	prices, err := timelines(ctx, tx, idsOf(products, func(p *entity.Product) id.ID { return p.ID }), earliest)
	if err != nil {
		return err
	}
	for _, p := range products {
		p.Prices = prices[p.ID].Since(p.PriceFrom)
	}
	return nil
}

// timelines returns for each product the price in effect at a moment and all
// that follow.
func timelines(ctx context.Context, tx *database.Tx, productIDs []id.ID, at time.Time) (map[id.ID]entity.Timeline, error) {
	found := make(map[id.ID]entity.Timeline, len(productIDs))
	if len(productIDs) == 0 {
		return found, nil
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT   product_id, price, effective_from, effective_to, actor
		FROM     product_prices
		WHERE    product_id IN `+database.In(len(productIDs))+` AND (effective_to > ? OR effective_to IS NULL)
		ORDER BY product_id, effective_from`, append(anys(productIDs), at)...)
	if err != nil {
		return nil, fmt.Errorf("find prices: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to its end or failed
	for rows.Next() {
		var productID id.ID
		var price entity.Price
		var to sql.NullTime
		if err := rows.Scan(&productID, &price.Amount, &price.From, &to, &price.Actor); err != nil {
			return nil, fmt.Errorf("read a price: %w", err)
		}
		price.To = to.Time
		found[productID] = append(found[productID], price)
	}
	return found, rows.Err()
}

// nullableTime makes an argument that is NULL for the zero time.
func nullableTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
