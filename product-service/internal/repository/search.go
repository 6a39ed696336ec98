package repository

import (
	"context"
	"fmt"
	"strings"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// find asks the database for the places of a page.
func (r *Products) find(ctx context.Context, s entity.Search) (page.Page[page.Key], error) {
	var none page.Page[page.Key]
	terms, some, err := r.terms(ctx, prefixes(s.Text))
	if err != nil || !some {
		return none, database.Wrap(err)
	}
	query, err := r.plan(ctx, s, terms)
	if err != nil {
		return none, database.Wrap(err)
	}
	keys, err := r.places(ctx, query)
	return page.Cut(keys, s.Page.Limit, func(k page.Key) page.Key { return k }), err
}

// places returns what a search's statement finds.
func (r *Products) places(ctx context.Context, query *statement) (keys []page.Key, err error) {
	rows, err := r.db.QueryContext(ctx, query.text.String(), query.args...)
	if err != nil {
		return nil, database.Wrap(fmt.Errorf("search products: %w", err))
	}
	defer rows.Close() //nolint:errcheck // read to its end
	for rows.Next() {
		var k page.Key
		if err := rows.Scan(&k.ID, &k.Value); err != nil {
			return nil, database.Wrap(fmt.Errorf("search products: %w", err))
		}
		keys = append(keys, k)
	}
	if err := rows.Err(); err != nil {
		return nil, database.Wrap(fmt.Errorf("search products: %w", err))
	}
	return keys, nil
}

// statement is SQL in the making.
type statement struct {
	text strings.Builder
	args []any
}

func (s *statement) add(sql string, args ...any) {
	s.text.WriteString(sql)
	s.args = append(s.args, args...)
}

// bounds are the conditions on a product's price and stock.
func bounds(q *statement, product string, s entity.Search) {
	boundPrice(q, product, s)
	boundStock(q, product, s)
}

func boundPrice(q *statement, product string, s entity.Search) {
	if s.MinPrice != nil {
		q.add(" AND "+product+".price >= ?", *s.MinPrice)
	}
	if s.MaxPrice != nil {
		q.add(" AND "+product+".price <= ?", *s.MaxPrice)
	}
}

func boundStock(q *statement, product string, s entity.Search) {
	switch {
	case s.InStock == nil:
	case *s.InStock:
		q.add(" AND " + product + ".available > 0")
	default:
		q.add(" AND " + product + ".available = 0")
	}
}

func bounded(s entity.Search) bool { return s.MinPrice != nil || s.MaxPrice != nil || s.InStock != nil }

// The indexes that have products with a price, or with a stock, side by side.
const (
	byPrice    = "products_by_price"
	byQuantity = "products_by_quantity"
)

// sortIndex names the index that has the products in an order.
func sortIndex(by string) string {
	switch by {
	case entity.SortName:
		return "products_by_name"
	case entity.SortPrice:
		return byPrice
	case entity.SortQuantity:
		return byQuantity
	default:
		return "products_by_age"
	}
}

// sortColumn names the column behind a sort. Ids grow with time.
func sortColumn(by, table string) string {
	switch by {
	case entity.SortName:
		return table + ".name_key"
	case entity.SortPrice:
		return table + ".price"
	case entity.SortQuantity:
		return table + ".available"
	default:
		return table + ".product_id"
	}
}
