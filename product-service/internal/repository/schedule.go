package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// History returns all prices of a product in the order of time, none for a
// product that does not exist.
func (r *Products) History(ctx context.Context, productID id.ID) (entity.Timeline, error) {
	var prices entity.Timeline
	err := database.InTx(ctx, r.db, func(tx *database.Tx) (err error) {
		prices, err = pricesFrom(ctx, tx, productID, time.Unix(0, 0)) // MySQL compares with no year 0
		return err
	})
	return prices, err
}

// UpdateDue changes at most limit products of which a price is due, and returns
// how many. A product that somebody else holds is left for the next time.
func (r *Products) UpdateDue(ctx context.Context, at time.Time, limit int, change func(*entity.Product)) (changed int, err error) {
	var products []*entity.Product
	err = r.news.inTx(ctx, r.db, func(tx *database.Tx) ([]entity.Event, error) {
		if products, err = lockDue(ctx, tx, at, limit); err != nil {
			return nil, err
		}
		changed = len(products)
		changes := make([]edited, len(products))
		for i, p := range products {
			before := *p
			change(p)
			changes[i] = edited{&before, p}
		}
		if err := save(ctx, tx, changes); err != nil {
			return nil, err
		}
		return eventsOf(products), countFindable(ctx, tx, changes...)
	})
	if err == nil {
		r.cache.invalidate(ctx, idsOf(products, func(p *entity.Product) id.ID { return p.ID }))
	}
	return changed, err
}

// lockDue returns products of which a price is due, with the prices that follow.
func lockDue(ctx context.Context, tx *database.Tx, at time.Time, limit int) ([]*entity.Product, error) {
	var rows []productRow
	err := tx.SelectContext(ctx, &rows, `
		SELECT   `+productColumns+`
		FROM     products p FORCE INDEX (products_by_next_price)
		WHERE    p.next_price_from <= ?
		ORDER BY p.next_price_from
		LIMIT    ?
		FOR UPDATE SKIP LOCKED`, at, limit)
	if err != nil {
		return nil, fmt.Errorf("lock products whose price is due: %w", err)
	}
	products := make([]*entity.Product, len(rows))
	for i := range rows {
		products[i] = rows[i].product()
	}
	return products, loadPrices(ctx, tx, products)
}
