package repository

import (
	"context"

	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// Selection returns the query of a search, for tests to have it explained.
func (r *Products) Selection(ctx context.Context, s entity.Search) (string, []any, error) {
	words, err := r.weigh(ctx, prefixes(s.Text))
	query, args := selection(s, words)
	return query, args, err
}

// Words is words, for tests.
func Words(texts ...string) []string { return words(texts...) }

// Prefixes is prefixes, for tests.
func Prefixes(text string) []string { return prefixes(text) }
