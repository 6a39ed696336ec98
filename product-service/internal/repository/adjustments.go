package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// Adjustments returns a page of a product's adjustments, in the order in which
// they were made or the other way round. A product that does not exist has none.
func (r *Products) Adjustments(ctx context.Context, productID id.ID, q page.Query) (page.Page[entity.Adjustment], error) {
	var rows []struct {
		ID     id.ID     `db:"adjustment_id"`
		Delta  int       `db:"delta"`
		Reason string    `db:"reason"`
		Actor  string    `db:"actor"`
		OnHand int       `db:"on_hand"`
		At     time.Time `db:"created_at"`
	}
	const key = "adjustment_id"
	after, args := database.After(q, key, key)
	err := r.db.SelectContext(ctx, &rows, `
		SELECT   adjustment_id, delta, reason, actor, on_hand, created_at
		FROM     stock_adjustments
		WHERE    product_id = ? AND `+after+`
		ORDER BY `+database.OrderBy(q, key, key)+`
		LIMIT    ?`, append(append([]any{productID}, args...), q.Limit+1)...)
	if err != nil {
		return page.Page[entity.Adjustment]{}, database.Wrap(fmt.Errorf("list adjustments of product %s: %w", productID, err))
	}
	found := make([]entity.Adjustment, len(rows))
	for i, row := range rows {
		found[i] = entity.Adjustment(row)
	}
	return page.Cut(found, q.Limit, func(a entity.Adjustment) page.Key { return page.Key{ID: a.ID} }), nil
}

// insertAdjustments writes the adjustments that products bring along.
func insertAdjustments(ctx context.Context, tx *database.Tx, products []*entity.Product) error {
	type entry struct {
		productID id.ID
		entity.Adjustment
	}
	var entries []entry
	for _, p := range products {
		for _, a := range p.Adjustments {
			entries = append(entries, entry{p.ID, a})
		}
	}
	err := insert(ctx, tx, `
		INSERT INTO stock_adjustments (product_id, adjustment_id, delta, reason, actor, on_hand, created_at)
		VALUES `, entries, func(to []any, e entry) []any {
		return append(to, e.productID, e.ID, e.Delta, e.Reason, e.Actor, e.OnHand, e.At)
	}, "")
	if err != nil {
		return fmt.Errorf("insert adjustments: %w", err)
	}
	return nil
}
