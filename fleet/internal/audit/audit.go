// Package audit holds the fleet's promises against everything that its databases
// hold, in a few statements: for loads too large to look at order by order.
package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
)

// rule counts the rows that break a promise.
type rule struct {
	broken string // what it means if there are any
	count  string // a query
}

// ofOrders are the promises within order_db.
func ofOrders() []rule {
	return []rule{
		{"orders are still NEW", `SELECT COUNT(*) FROM orders WHERE order_status = 'NEW'`},
		{"orders' totals are not the sum of their lines", `
			SELECT COUNT(*) FROM (
				SELECT o.order_id FROM orders o JOIN order_products l ON l.order_id = o.order_id
				WHERE  o.total_price IS NOT NULL
				GROUP BY o.order_id, o.total_price
				HAVING o.total_price <> SUM(l.unit_price * l.fulfilled_quantity)) x`},
		{"orders and their histories disagree", `
			SELECT COUNT(*) FROM orders o LEFT JOIN order_history h ON h.order_id = o.order_id AND h.sequence = o.version
			WHERE h.to_status IS NULL OR h.to_status <> o.order_status`},
		{"messages are left in order-service's outbox", `SELECT COUNT(*) FROM outbox`},
	}
}

// ofProducts are the promises within product_db.
func ofProducts() []rule {
	return []rule{
		{"products are oversold", `SELECT COUNT(*) FROM products WHERE reserved < 0 OR reserved > on_hand`},
		{"products' reserved stock is not what reservations hold", `
			SELECT COUNT(*) FROM products p LEFT JOIN (
				SELECT l.product_id, SUM(l.taken) AS units FROM reservation_lines l JOIN reservations r ON r.order_id = l.order_id
				WHERE r.state = 'HELD' GROUP BY l.product_id) h ON h.product_id = p.product_id
			WHERE p.reserved <> COALESCE(h.units, 0)`},
		{"products' stock is not what was stocked less what was shipped", `
			SELECT COUNT(*) FROM products p
			LEFT JOIN (SELECT product_id, SUM(delta) AS units FROM stock_adjustments GROUP BY product_id) a ON a.product_id = p.product_id
			LEFT JOIN (
				SELECT l.product_id, SUM(l.taken) AS units FROM reservation_lines l JOIN reservations r ON r.order_id = l.order_id
				WHERE r.state = 'SHIPPED' GROUP BY l.product_id) s ON s.product_id = p.product_id
			WHERE p.on_hand <> COALESCE(a.units, 0) - COALESCE(s.units, 0)`},
		{"messages are left in product-service's outbox", `SELECT COUNT(*) FROM outbox`},
	}
}

// Audit returns nil when every promise holds, else all that are broken. The
// fleet must be quiet. dsns has order-service's and product-service's databases.
func Audit(ctx context.Context, dsns map[string]string) error {
	orders, err := open(ctx, dsns["order-service"])
	if err != nil {
		return err
	}
	defer orders.Close() //nolint:errcheck // read only
	products, err := open(ctx, dsns["product-service"])
	if err != nil {
		return err
	}
	defer products.Close() //nolint:errcheck // read only
	return errors.Join(check(ctx, orders, ofOrders()), check(ctx, products, ofProducts()), agree(ctx, orders, products))
}

func open(ctx context.Context, dsn string) (*sqlx.DB, error) {
	db, err := database.Open(ctx, database.Config{DSN: config.Secret(dsn), Connections: 2, Patience: patience}, slog.Default())
	if err != nil {
		return nil, err
	}
	defer db.Close() //nolint:errcheck // nothing was done by it
	return database.Unhurried(db)
}

func check(ctx context.Context, db *sqlx.DB, rules []rule) error {
	var broken []error
	for _, r := range rules {
		var n int
		if err := db.GetContext(ctx, &n, r.count); err != nil {
			return fmt.Errorf("audit whether %s: %w", r.broken, err)
		}
		if n > 0 {
			broken = append(broken, fmt.Errorf("%d %s", n, r.broken))
		}
	}
	return errors.Join(broken...)
}
