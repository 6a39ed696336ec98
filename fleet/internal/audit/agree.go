package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// patience bounds the wait for a database.
const patience = 10 * time.Second

// sum is what one side of the fleet thinks of an order.
type sum struct {
	OrderID []byte `db:"order_id"`
	State   string `db:"state"`
	Units   int    `db:"units"`
}

// agree compares orders and reservations, both read in the order of their ids.
func agree(ctx context.Context, orders, products *sqlx.DB) error {
	ours, err := sums(ctx, orders, `
		SELECT   o.order_id, CASE o.order_status WHEN 'CANCELLED' THEN 'RELEASED' WHEN 'SHIPPED' THEN 'SHIPPED' ELSE 'HELD' END AS state,
		         CASE o.order_status WHEN 'CANCELLED' THEN 0 ELSE SUM(l.fulfilled_quantity) END AS units
		FROM     orders o JOIN order_products l ON l.order_id = o.order_id
		GROUP BY o.order_id, o.order_status
		ORDER BY o.order_id`)
	if err != nil {
		return err
	}
	defer ours.close()
	theirs, err := sums(ctx, products, `
		SELECT   r.order_id, r.state, CASE r.state WHEN 'RELEASED' THEN 0 ELSE COALESCE(SUM(l.taken), 0) END AS units
		FROM     reservations r LEFT JOIN reservation_lines l ON l.order_id = r.order_id
		GROUP BY r.order_id, r.state
		ORDER BY r.order_id`)
	if err != nil {
		return err
	}
	defer theirs.close()
	differ := 0
	for ours.more {
		switch order := bytes.Compare(ours.at.OrderID, theirs.at.OrderID); {
		case theirs.more && order > 0: // a reservation of nobody's order: not ours to judge
			theirs.next()
			continue
		case !theirs.more || order < 0: // no reservation: only an order that holds nothing may lack one
			if ours.at.Units != 0 {
				differ++
			}
			ours.next()
			continue
		case ours.at.State != theirs.at.State || ours.at.Units != theirs.at.Units:
			differ++
		}
		ours.next()
		theirs.next()
	}
	if differ > 0 {
		err = fmt.Errorf("%d orders and their reservations disagree", differ)
	}
	return errors.Join(err, ours.failure, theirs.failure)
}

// walk reads rows one by one.
type walk struct {
	rows    *sqlx.Rows
	at      sum
	more    bool
	failure error
}

func sums(ctx context.Context, db *sqlx.DB, query string) (*walk, error) {
	rows, err := db.QueryxContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("audit whether orders and reservations agree: %w", err)
	}
	w := &walk{rows: rows}
	w.next()
	return w, nil
}

func (w *walk) next() {
	if w.more = w.rows.Next(); w.more {
		w.failure = w.rows.StructScan(&w.at)
		w.more = w.failure == nil
		return
	}
	w.failure = w.rows.Err()
}

func (w *walk) close() { w.rows.Close() } //nolint:errcheck // read only
