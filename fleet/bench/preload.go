package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
)

// preloadStep is how many orders a statement makes. The servers make the rows
// themselves: of sending them, parsing alone would take as long again.
const preloadStep = 20_000

// How the n-th order of before looks: n counts on from ?, and one came every five
// milliseconds since the moment ?. An id has its moment in its first six bytes.
const (
	preloadMoment  = "(? + 5 * n)"
	preloadID      = "UNHEX(CONCAT(LPAD(HEX(at), 12, '0'), '7000', '8', LPAD(HEX(n), 15, '0')))"
	preloadNumbers = "(SELECT n, n % ? AS i, " + preloadMoment + " AS at FROM (SELECT n + ? AS n FROM bench_numbers WHERE n < ?) numbers ORDER BY n) o"
	preloadShelf   = preloadNumbers + " JOIN bench_shelf s ON s.i = o.i"
	preloadTime    = "FROM_UNIXTIME(at / 1000)"
	preloadClient  = "UNHEX(LPAD(HEX(1 + n % 50), 32, '0'))"
)

// ordersBefore and reservationsBefore are the rows of one confirmed order of one
// unit, in both databases.
var (
	ordersBefore = []string{
		`INSERT INTO orders (order_id, client_id, address, fulfilment, order_status, total_price, version, created_at, last_update_time)
		 SELECT ` + preloadID + `, ` + preloadClient + `, '1 Bench Street', 'PARTIAL', 'CONFIRMED', 19.90, 2, ` + preloadTime + `, ` + preloadTime + ` FROM ` + preloadNumbers,
		`INSERT INTO order_products (order_id, line_number, product_id, purchased_quantity, fulfilled_quantity, product_name, unit_price)
		 SELECT ` + preloadID + `, 1, s.product_id, 1, 1, 'Bench product', 19.90 FROM ` + preloadShelf,
		`INSERT INTO order_history (order_id, sequence, from_status, to_status, actor, trace_id, occurred_at)
		 SELECT ` + preloadID + `, step.sequence, step.before_it, step.after_it, 'bench', LPAD(HEX(n), 32, '0'), ` + preloadTime + ` FROM ` + preloadNumbers + `
		 JOIN (SELECT 1 AS sequence, NULL AS before_it, 'NEW' AS after_it UNION ALL SELECT 2, 'NEW', 'CONFIRMED') step`,
	}
	reservationsBefore = []string{
		`INSERT INTO reservations (order_id, state, result, client_id, created_at, updated_at)
		 SELECT ` + preloadID + `, 'HELD', 'FULL', ` + preloadClient + `, ` + preloadTime + `, ` + preloadTime + ` FROM ` + preloadNumbers,
		`INSERT INTO reservation_lines (order_id, line, product_id, name, requested, taken, unit_price)
		 SELECT ` + preloadID + `, 0, s.product_id, 'Bench product', 1, 1, 19.90 FROM ` + preloadShelf,
	}
)

// preload stores so many confirmed orders of the past, one unit each of the
// products on the shelf in turn, such that every promise holds for them.
func (b *bench) preload(ctx context.Context, orders int) error {
	if orders == 0 {
		return nil
	}
	began := time.Now()
	since := began.Add(-time.Hour).UnixMilli() - 5*int64(orders)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return b.preloadInto(ctx, "order-service", orders, func(db *sqlx.DB) error { return fill(ctx, db, ordersBefore, since, orders) })
	})
	g.Go(func() error {
		return b.preloadInto(ctx, "product-service", orders, func(db *sqlx.DB) error {
			_, err := db.ExecContext(ctx, `
				UPDATE bench_shelf s STRAIGHT_JOIN products p ON p.product_id = s.product_id
				SET    p.reserved = p.reserved + ? + CASE WHEN s.i < ? THEN 1 ELSE 0 END`, orders/goods, orders%goods)
			if err != nil {
				return fmt.Errorf("reserve for orders of before: %w", err)
			}
			return fill(ctx, db, reservationsBefore, since, orders)
		})
	})
	if err := g.Wait(); err != nil {
		return err
	}
	fmt.Printf("stored %d orders of before in %s\n", orders, time.Since(began).Round(time.Second))
	return nil
}

var errNoDatabase = errors.New("the target does not say where its databases are")

// preloadInto calls do with a service's database, in which numbers and the shelf
// are tables for so long.
func (b *bench) preloadInto(ctx context.Context, service string, orders int, do func(*sqlx.DB) error) (err error) {
	dsn := b.target.facts.Databases[service]
	if dsn == "" {
		return errNoDatabase
	}
	db, err := database.Open(ctx, database.Config{DSN: config.Secret(dsn), Connections: 2, Patience: time.Second}, slog.Default())
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing is lost
	shelf := make([]any, 0, 2*len(b.shelf))
	for i, product := range b.shelf {
		productID, err := id.Parse(product)
		if err != nil {
			return err
		}
		shelf = append(shelf, i, productID)
	}
	digits := "(SELECT 0 AS d" + strings.Repeat(" UNION ALL SELECT ?", 9) + ")"
	var tens []any
	for range 5 {
		tens = append(tens, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	}
	defer db.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS bench_numbers, bench_shelf") //nolint:errcheck // a bench's own
	for _, step := range []struct {
		query string
		args  []any
	}{
		{"CREATE TABLE bench_numbers (n INT NOT NULL PRIMARY KEY) ENGINE=InnoDB", nil},
		{"INSERT INTO bench_numbers SELECT a.d + 10*b.d + 100*c.d + 1000*e.d + 10000*f.d FROM " + digits + " a JOIN " + digits + " b JOIN " + digits + " c JOIN " + digits + " e JOIN " + digits + " f", tens},
		{"CREATE TABLE bench_shelf (i INT NOT NULL PRIMARY KEY, product_id BINARY(16) NOT NULL) ENGINE=InnoDB", nil},
		{"INSERT INTO bench_shelf (i, product_id) VALUES " + database.Values(len(b.shelf), 2), shelf},
	} {
		if _, err := db.ExecContext(ctx, step.query, step.args...); err != nil {
			return fmt.Errorf("prepare orders of before: %w", err)
		}
	}
	return do(db)
}

// fill makes the rows of orders by each of the statements.
func fill(ctx context.Context, db *sqlx.DB, statements []string, since int64, orders int) error {
	for from := 0; from < orders; from += preloadStep {
		for _, statement := range statements {
			if _, err := db.ExecContext(ctx, statement, goods, since, from, min(preloadStep, orders-from)); err != nil {
				return fmt.Errorf("store orders of before: %w", err)
			}
		}
	}
	return nil
}
