package repository

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

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
	found := make([]*entity.Product, len(ids))
	var missing []id.ID
	texts, err := r.cache.get(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i, text := range texts {
		if found[i] = decode[entity.Product](r.cache, keys[i], text); found[i] == nil {
			missing = append(missing, ids[i])
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	return found, r.fill(ctx, found, ids, missing)
}

// fill reads what is missing from the database and keeps it.
func (r *Products) fill(ctx context.Context, found []*entity.Product, ids, missing []id.ID) error {
	readAt := r.cache.now()
	fresh, err := r.findAll(ctx, missing)
	if err != nil {
		return err
	}
	byID := make(map[id.ID]*entity.Product, len(fresh))
	values := make(map[string]any, len(fresh))
	for _, p := range fresh {
		if p != nil {
			byID[p.ID], values[productKey(p.ID)] = p, p
		}
	}
	r.cache.keep(ctx, readAt, values)
	for i, productID := range ids {
		if found[i] == nil {
			found[i] = byID[productID]
		}
	}
	return nil
}

// Search returns a page of products.
func (r *Products) Search(ctx context.Context, s entity.Search) (page.Page[*entity.Product], error) {
	if r.cache == nil {
		return r.search(ctx, s)
	}
	generation, ok := r.cache.generation(ctx)
	if !ok {
		return r.search(ctx, s)
	}
	key, err := searchKey(generation, s)
	if err != nil {
		return page.Page[*entity.Product]{}, err
	}
	found, err, _ := r.searches.Do(key, func() (any, error) { return r.searchCached(context.WithoutCancel(ctx), key, s) })
	if err != nil {
		return page.Page[*entity.Product]{}, err
	}
	return found.(page.Page[*entity.Product]), nil //nolint:forcetypeassert // as searchCached returns it
}

// searchPatience bounds a search that several callers wait for.
const searchPatience = 15 * time.Second

func (r *Products) searchCached(ctx context.Context, key string, s entity.Search) (found page.Page[*entity.Product], err error) {
	ctx, cancel := context.WithTimeout(ctx, searchPatience)
	defer cancel()
	text, err := r.cache.gets.Do(ctx, key)
	if err != nil {
		return found, err
	}
	if kept := decode[page.Page[*entity.Product]](r.cache, key, text); kept != nil {
		return *kept, nil
	}
	readAt := r.cache.now()
	if found, err = r.search(ctx, s); err == nil {
		r.cache.keep(ctx, readAt, map[string]any{key: found})
	}
	return found, err
}
