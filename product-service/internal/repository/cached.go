package repository

import (
	"context"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// load reads products that the cache lacks from the database, and keeps those
// that are asked for more than once in a while.
func (r *Products) load(ctx context.Context, ids []id.ID) ([]*entity.Product, error) {
	readAt := r.cache.now()
	found, err := r.findAll(ctx, ids)
	if err != nil {
		return nil, err
	}
	values := make(map[string]any, len(found))
	for _, p := range found {
		if p != nil && r.cache.lately.again(p.ID, readAt) {
			values[productKey(p.ID)] = p
		}
	}
	r.cache.keepSoon(ctx, readAt, values)
	return found, nil
}

// findCached is findAll by way of the cache. Reads that come together share one
// question to Redis and, for what it lacks, one to the database.
func (r *Products) findCached(ctx context.Context, ids []id.ID) ([]*entity.Product, error) {
	if r.cache == nil {
		return r.findAll(ctx, ids)
	}
	keys := make([]string, len(ids))
	for i, productID := range ids {
		keys[i] = productKey(productID)
	}
	texts, err := r.cache.get(ctx, keys)
	if err != nil {
		return nil, err
	}
	found := make([]*entity.Product, len(ids))
	var missing []id.ID
	var gaps []int
	for i, text := range texts {
		if found[i] = decode[entity.Product](r.cache, keys[i], text); found[i] == nil {
			missing, gaps = append(missing, ids[i]), append(gaps, i)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	loaded, err := r.load(ctx, missing)
	if err != nil {
		return nil, err
	}
	for i, gap := range gaps {
		found[gap] = loaded[i]
	}
	return found, nil
}
