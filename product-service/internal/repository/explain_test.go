package repository_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// No search reads a whole table: the server says so itself.
func TestSearchesUseIndexes(t *testing.T) {
	t.Parallel()
	w := open(t)
	w.fill(t, 4000)
	for _, table := range []string{"products", "product_words"} {
		if _, err := w.db.Exec("ANALYZE TABLE " + table); err != nil {
			t.Fatal(err)
		}
	}
	price, name, after := money.Amount(1), "m", "500"
	keys := map[string]*page.Key{
		entity.SortCreatedAt: {ID: id.ID{1}}, entity.SortName: {Value: &name, ID: id.ID{1}},
		entity.SortPrice: {Value: &after, ID: id.ID{1}}, entity.SortQuantity: {Value: &after, ID: id.ID{1}},
	}
	for sort, key := range keys {
		for _, text := range []string{"", "thing", "thing red", "r00001", "thing r00001"} {
			for _, next := range []*page.Key{nil, key} {
				for _, descending := range []bool{false, true} {
					q := page.Query{Limit: 20, By: sort, Descending: descending, After: next}
					w.usesIndexes(t, entity.Search{Text: text, Status: entity.Active, Page: q})
					w.usesIndexes(t, entity.Search{Text: text, Status: entity.Active, Page: q, MinPrice: &price, MaxPrice: &price, InStock: new(true)})
				}
			}
		}
	}
}

func (w *warehouse) usesIndexes(t *testing.T, s entity.Search) {
	t.Helper()
	queries, args, err := w.products.Statements(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for i, query := range queries {
		w.usesIndex(t, query, args[i])
	}
}

// usesIndex fails if the server says that it would read all of a table.
func (w *warehouse) usesIndex(t *testing.T, query string, args []any) {
	t.Helper()
	rows, err := w.db.Queryx("EXPLAIN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // read to its end
	for rows.Next() {
		step := map[string]any{}
		if err := rows.MapScan(step); err != nil {
			t.Fatal(err)
		}
		table, access := fmt.Sprintf("%s", step["table"]), fmt.Sprintf("%s", step["type"])
		if !strings.HasPrefix(table, "<") && (access == "ALL" || access == "index") {
			t.Errorf("reads all of %s (%s): %s", table, access, query)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
