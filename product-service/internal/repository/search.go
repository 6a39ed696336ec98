package repository

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// search is Search without the cache.
func (r *Products) search(ctx context.Context, s entity.Search) (page.Page[*entity.Product], error) {
	var none page.Page[*entity.Product]
	terms, some, err := r.terms(ctx, prefixes(s.Text))
	if err != nil || !some {
		return none, database.Wrap(err)
	}
	query, some, err := r.plan(ctx, s, terms)
	if err != nil || !some {
		return none, database.Wrap(err)
	}
	var rows []productRow
	if err := r.db.SelectContext(ctx, &rows, query.text.String(), query.args...); err != nil {
		return none, database.Wrap(fmt.Errorf("search products: %w", err))
	}
	found := page.Cut(rows, s.Page.Limit, func(row productRow) page.Key { return sortKey(s.Page.By, row) })
	result := page.Page[*entity.Product]{Next: found.Next}
	for _, row := range found.Items {
		result.Items = append(result.Items, row.product())
	}
	return result, nil
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
func sortColumn(by string) string {
	switch by {
	case entity.SortName:
		return "p.name_key"
	case entity.SortPrice:
		return "p.price"
	case entity.SortQuantity:
		return "p.available"
	default:
		return "p.product_id"
	}
}

// sortKey returns the place of a product in a sort.
func sortKey(by string, row productRow) page.Key {
	key := page.Key{ID: row.ID}
	switch by {
	case entity.SortName:
		key.Value = &row.NameKey
	case entity.SortPrice:
		key.Value = text(row.Price)
	case entity.SortQuantity:
		available := strconv.Itoa(row.OnHand - row.Reserved)
		key.Value = &available
	}
	return key
}

func text(price money.Amount) *string {
	t := price.String()
	return &t
}
