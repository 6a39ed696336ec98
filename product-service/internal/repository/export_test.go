package repository

import (
	"context"

	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// Statements returns what a search may ask the database, for tests to have it
// explained.
func (r *Products) Statements(ctx context.Context, s entity.Search) (queries []string, args [][]any, err error) {
	var all []*statement
	if words := prefixes(s.Text); len(words) > 0 {
		all = append(all, lookUp(words))
	}
	terms, _, err := r.terms(ctx, prefixes(s.Text))
	if err != nil {
		return nil, nil, err
	}
	for _, index := range []string{byPrice, byQuantity, sortIndex(s.Page.By)} {
		if q := within(s, index); q != nil {
			all = append(all, q)
		}
		all = append(all, through(s, terms, index))
	}
	if len(terms) > 0 {
		_, sampled := sampling(terms)
		all = append(all, sampled, first(s, terms))
	}
	for _, q := range all {
		queries, args = append(queries, q.text.String()), append(args, q.args)
	}
	return queries, args, nil
}

// Words is words, for tests.
func Words(texts ...string) []string { return words(texts...) }

// Prefixes is prefixes, for tests.
func Prefixes(text string) []string { return prefixes(text) }

// NameKey is nameKey, for tests.
func NameKey(name string) string { return nameKey(name) }
