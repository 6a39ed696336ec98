package database_test

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
)

func TestKeysetPagesHoldEveryRowOnce(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, one)
	prices := []any{nil, "1.00", "2.00", nil, "1.00", "3.00", nil, "1.00"}
	for _, p := range prices {
		if _, err := db.Exec("INSERT INTO things (thing_id, price, seen) VALUES (?,?,NOW(3))", newID(t), p); err != nil {
			t.Fatal(err)
		}
	}
	for _, column := range []string{"price", "thing_id"} {
		for _, descending := range []bool{false, true} {
			q := page.Query{Limit: 2, Descending: descending}
			seen := map[id.ID]bool{}
			for {
				rows := fetch(t, db, q, column)
				got := page.Cut(rows, q.Limit, func(r row) page.Key { return page.Key{Value: r.Price, ID: r.ID} })
				for _, r := range got.Items {
					seen[r.ID] = true
				}
				if q.After = got.Next; q.After == nil {
					break
				}
			}
			if len(seen) != len(prices) {
				t.Errorf("by %s, descending %t: %d rows, want %d", column, descending, len(seen), len(prices))
			}
		}
	}
}

type row struct {
	ID    id.ID   `db:"thing_id"`
	Price *string `db:"price"`
}

func fetch(t *testing.T, db *sqlx.DB, q page.Query, column string) (rows []row) {
	t.Helper()
	where, args := database.After(q, column, "thing_id")
	query := "SELECT thing_id, price FROM things WHERE " + where + " ORDER BY " + database.OrderBy(q, column, "thing_id") + " LIMIT ?"
	if err := db.Select(&rows, query, append(args, q.Limit+1)...); err != nil {
		t.Fatal(err)
	}
	return rows
}
