package repository

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// searchPatience bounds a search that several callers wait for.
const searchPatience = 15 * time.Second

// Search returns a page of products. Which they are is remembered while the
// catalogue stays as it is; what they are like is read each time.
func (r *Products) Search(ctx context.Context, s entity.Search) (page.Page[*entity.Product], error) {
	if s.Page.By == entity.SortQuantity || (s.InStock != nil && !*s.InStock) {
		return r.searchStock(ctx, s)
	}
	version, err := r.version(ctx)
	if err != nil {
		return page.Page[*entity.Product]{}, err
	}
	among := s
	if s.InStock != nil { // what is sold out is left out behind, and replaced by what follows
		among.InStock, among.Page.Limit = nil, s.Page.Limit+s.Page.Limit/2+1
	}
	var fit []place
	for range maxRounds {
		found, err := r.findOnce(ctx, version, among)
		if err != nil {
			return page.Page[*entity.Product]{}, err
		}
		products, err := r.readList(ctx, idsOf(found.Items, func(k page.Key) id.ID { return k.ID }))
		if err != nil {
			return page.Page[*entity.Product]{}, err
		}
		fit = appendFitting(fit, s, found.Items, products)
		if s.InStock == nil {
			return page.Page[*entity.Product]{Items: productsOf(fit), Next: found.Next}, nil
		}
		if found.Next == nil || len(fit) > s.Page.Limit {
			cut := page.Cut(fit, s.Page.Limit, func(p place) page.Key { return p.key })
			return page.Page[*entity.Product]{Items: productsOf(cut.Items), Next: cut.Next}, nil
		}
		among.Page.After = found.Next
	}
	return r.searchStock(ctx, s)
}

// maxRounds bounds how often more is looked at in place of what is sold out.
const maxRounds = 3

// place is a product in the order of a search.
type place struct {
	key     page.Key
	product *entity.Product
}

// appendFitting adds those of products that are as asked for still: they were
// read after they were found.
func appendFitting(to []place, s entity.Search, keys []page.Key, products []*entity.Product) []place {
	for i, p := range products {
		if p != nil && s.Fits(p) {
			to = append(to, place{keys[i], p})
		}
	}
	return to
}

func productsOf(places []place) []*entity.Product {
	products := make([]*entity.Product, len(places))
	for i, p := range places {
		products[i] = p.product
	}
	return products
}

// findOnce finds the places of a page, once for all who ask for it.
func (r *Products) findOnce(ctx context.Context, version int64, s entity.Search) (page.Page[page.Key], error) {
	var none page.Page[page.Key]
	raw, err := json.Marshal(s)
	if err != nil {
		return none, fmt.Errorf("name a search: %w", err)
	}
	name := string(raw)
	if found, ok := r.findings.recall(version, name); ok {
		return found, nil
	}
	found, err, _ := r.searches.Do(strconv.FormatInt(version, 10)+name, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), searchPatience)
		defer cancel()
		found, err := r.find(ctx, s)
		if err == nil {
			r.findings.remember(version, name, found)
		}
		return found, err
	})
	if err != nil {
		return none, err
	}
	return found.(page.Page[page.Key]), nil //nolint:forcetypeassert // as above
}

// searchStock is Search where stock says what is found or in which order: that
// is kept, as products are, for less than a second.
func (r *Products) searchStock(ctx context.Context, s entity.Search) (page.Page[*entity.Product], error) {
	if r.cache == nil {
		return r.findStock(ctx, s)
	}
	generation, ok := r.cache.generation(ctx)
	if !ok {
		return r.findStock(ctx, s)
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
	if found, err = r.findStock(ctx, s); err == nil {
		r.cache.keep(ctx, readAt, map[string]any{key: found})
	}
	return found, err
}

// findStock is searchStock without the cache.
func (r *Products) findStock(ctx context.Context, s entity.Search) (page.Page[*entity.Product], error) {
	found, err := r.find(ctx, s)
	if err != nil || len(found.Items) == 0 {
		return page.Page[*entity.Product]{}, err
	}
	products, err := r.findAll(ctx, idsOf(found.Items, func(k page.Key) id.ID { return k.ID }))
	if err != nil {
		return page.Page[*entity.Product]{}, err
	}
	return page.Page[*entity.Product]{Items: productsOf(appendFitting(nil, s, found.Items, products)), Next: found.Next}, nil
}

// readList reads products as Find does, those of several lists together.
func (r *Products) readList(ctx context.Context, ids []id.ID) ([]*entity.Product, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return r.lists.Do(ctx, ids)
}

func (r *Products) readLists(ctx context.Context, lists [][]id.ID) ([][]*entity.Product, error) {
	var ids []id.ID
	places := map[id.ID]int{}
	for _, list := range lists {
		for _, productID := range list {
			if _, ok := places[productID]; !ok {
				places[productID] = len(ids)
				ids = append(ids, productID)
			}
		}
	}
	products, err := r.findCached(ctx, ids)
	if err != nil {
		return nil, err
	}
	found := make([][]*entity.Product, len(lists))
	for i, list := range lists {
		found[i] = make([]*entity.Product, len(list))
		for j, productID := range list {
			found[i][j] = products[places[productID]]
		}
	}
	return found, nil
}
