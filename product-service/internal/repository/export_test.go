package repository

import (
	"context"

	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// Statements returns what a search may ask the database, for tests to have it
// explained.
func (r *Products) Statements(ctx context.Context, s entity.Search) (queries []string, args [][]any, err error) {
	var all []*statement
	words := prefixes(s.Text)
	if len(words) > 0 {
		all = append(all, lookUp(words))
	}
	terms, _, err := r.terms(ctx, words)
	if err != nil {
		return nil, nil, err
	}
	for _, index := range []string{byPrice, byQuantity} {
		if q := within(s, index); q != nil {
			all = append(all, q)
		}
	}
	if len(terms) > 0 {
		_, sampled := sampling(terms)
		all = append(all, sampled)
	}
	ways, err := r.ways(ctx, s, terms)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range ways {
		all = append(all, w.query())
	}
	for _, q := range all {
		queries, args = append(queries, q.text.String()), append(args, q.args)
	}
	return queries, args, nil
}

// EachWay returns the products that a search finds by each of the ways to go
// about it, and one more if there are more; none when a word is in no product.
func (r *Products) EachWay(ctx context.Context, s entity.Search) (found [][]page.Key, err error) {
	terms, some, err := r.terms(ctx, prefixes(s.Text))
	if err != nil || !some {
		return nil, err
	}
	ways, err := r.ways(ctx, s, terms)
	if err != nil {
		return nil, err
	}
	for _, w := range ways {
		keys, err := r.places(ctx, w.query())
		if err != nil {
			return nil, err
		}
		found = append(found, keys)
	}
	return found, nil
}

// FindPlaces is what is remembered of a search, for a benchmark of finding it.
func (r *Products) FindPlaces(ctx context.Context, s entity.Search) (page.Page[page.Key], error) {
	return r.find(ctx, s)
}

// Words is words, for tests.
func Words(texts ...string) []string { return words(texts...) }

// Prefixes is prefixes, for tests.
func Prefixes(text string) []string { return prefixes(text) }

// NameKey is nameKey, for tests.
func NameKey(name string) string { return nameKey(name) }
