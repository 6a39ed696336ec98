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

// bounds are the conditions on the product itself.
func bounds(q *statement, s entity.Search) {
	q.add("p.status = ?", string(s.Status))
	if s.MinPrice != nil {
		q.add(" AND p.price >= ?", *s.MinPrice)
	}
	if s.MaxPrice != nil {
		q.add(" AND p.price <= ?", *s.MaxPrice)
	}
	switch {
	case s.InStock == nil:
	case *s.InStock:
		q.add(" AND p.available > 0")
	default:
		q.add(" AND p.available = 0")
	}
}

// indexes names those that may serve a search: that of its order, and those of
// what bounds it.
func indexes(s entity.Search) string {
	index := map[string]string{
		entity.SortName: "products_by_name", entity.SortPrice: "products_by_price",
		entity.SortQuantity: "products_by_quantity", entity.SortCreatedAt: "products_by_age",
	}[s.Page.By]
	if s.Page.By != entity.SortPrice && (s.MinPrice != nil || s.MaxPrice != nil) {
		index += ", products_by_price"
	}
	if s.Page.By != entity.SortQuantity && s.InStock != nil && !*s.InStock {
		index += ", products_by_quantity"
	}
	return index
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
