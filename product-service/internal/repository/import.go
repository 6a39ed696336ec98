package repository

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// createBatch bounds a statement: descriptions are long, packets are not.
const createBatch = 250

// errKeepNothing calls a transaction off that went well.
var errKeepNothing = errors.New("nothing is to be kept")

// Import adds products and changes others, in one transaction. change is called
// for each id in the order given, with the product locked, or nil where there is
// none; keep decides at last whether anything is saved.
func (r *Products) Import(ctx context.Context, added []*entity.Product, changed []id.ID,
	change func(place int, p *entity.Product), keep func() bool,
) error {
	var locked map[id.ID]*entity.Product
	err := r.news.inTx(ctx, r.db, func(tx *database.Tx) ([]entity.Event, error) {
		events := eventsOf(added)
		for some := range slices.Chunk(added, createBatch) {
			if err := create(ctx, tx, some); err != nil {
				return nil, err
			}
		}
		var err error
		if locked, err = lockAll(ctx, tx, changed); err != nil {
			return nil, err
		}
		before := make(map[id.ID]entity.Product, len(locked))
		for productID, p := range locked {
			before[productID] = *p
		}
		for place, productID := range changed {
			change(place, locked[productID])
		}
		if !keep() {
			return nil, errKeepNothing
		}
		var changes []edited
		for productID, p := range locked {
			if was := before[productID]; p.Version != was.Version {
				changes, events = append(changes, edited{&was, p}), append(events, p.Events...)
			}
		}
		for some := range slices.Chunk(changes, createBatch) {
			if err := save(ctx, tx, some); err != nil {
				return nil, err
			}
		}
		if len(added) > 0 {
			return events, countChange(ctx, tx)
		}
		return events, countFindable(ctx, tx, changes...)
	})
	if errors.Is(err, errKeepNothing) {
		return nil
	}
	if err == nil {
		r.cache.invalidate(ctx, append(idsOf(added, func(p *entity.Product) id.ID { return p.ID }), changed...))
	}
	return err
}

// lockAll locks products in the order of their ids and returns those that exist,
// with their prices.
func lockAll(ctx context.Context, tx *database.Tx, ids []id.ID) (map[id.ID]*entity.Product, error) {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	found := make(map[id.ID]*entity.Product, len(ids))
	for some := range slices.Chunk(slices.Compact(ids), 1000) {
		var rows []productRow
		err := tx.SelectContext(ctx, &rows, "SELECT "+productColumns+" FROM products p FORCE INDEX (PRIMARY) WHERE p.product_id IN "+
			database.In(len(some))+" ORDER BY p.product_id FOR UPDATE", anys(some)...)
		if err != nil {
			return nil, fmt.Errorf("lock products to import: %w", err)
		}
		products := make([]*entity.Product, len(rows))
		for i := range rows {
			products[i] = rows[i].product()
			found[products[i].ID] = products[i]
		}
		if err := loadPrices(ctx, tx, products); err != nil {
			return nil, err
		}
	}
	return found, nil
}
