package fleettest

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/fleet/internal/audit"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// Outcome is what became of a load.
type Outcome struct {
	ByStatus map[string]int
	Worst    time.Duration // the longest time that an order was NEW
	Refused  int           // answers and connections that made a client ask again
	Stalled  time.Duration // for which the machine let nobody run
}

// String tells it to people.
func (o Outcome) String() string {
	return fmt.Sprintf("%v, longest NEW %.1f s, asked again %d times, the machine stood still for %.1f s", o.ByStatus, o.Worst.Seconds(), o.Refused, o.Stalled.Seconds())
}

// KeepsItsPromises ends the load and fails the test unless every promise holds:
// the first four as soon as the fleet is at rest, the fifth after everything
// that was ever published is published again, and that no order was NEW for
// longer than its deadline and five seconds. allowance is added to that: for as
// long as the database itself was away nobody can write an outcome.
func (f *Fleet) KeepsItsPromises(t testing.TB, l *Load, allowance time.Duration) Outcome {
	t.Helper()
	l.Stop()
	if _, lost := l.Refused(); lost > 0 {
		t.Errorf("%d orders were given up after %s", lost, stubborn)
	}
	if err := l.Wrong(); err != nil {
		t.Error(err)
	}
	ledger := shop.Ledger{Products: l.products, Orders: l.Accepted()}
	if len(ledger.Orders) == 0 {
		t.Fatal("no order was accepted, so nothing was tried")
	}
	f.placedOnce(t, l)
	f.audit(t, "")
	f.Topics.Replay(t, ledger.Orders...)
	f.audit(t, "after a replay, ")
	f.check(t, ledger)
	o := f.outcome(t, l.began)
	o.Refused, _ = l.Refused()
	o.Stalled = l.Stalled()
	if limit := Deadline + 5*time.Second + allowance + o.Stalled; o.Worst > limit {
		t.Errorf("an order was NEW for %s, at most %s is allowed", o.Worst, limit)
	}
	return o
}

// placedOnce expects one order for each that was accepted, however often clients
// had to ask.
func (f *Fleet) placedOnce(t testing.TB, l *Load) {
	t.Helper()
	if _, lost := l.Refused(); lost > 0 {
		return // what became of those nobody knows
	}
	client, err := id.Parse(l.client.ID())
	must(t, err)
	db, err := sql.Open("mysql", f.Facts().Databases["order-service"])
	must(t, err)
	defer db.Close() //nolint:errcheck // read only
	var stored int
	must(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM orders WHERE client_id = ?", client[:]).Scan(&stored))
	if accepted := len(l.Accepted()); stored != accepted {
		t.Errorf("%d orders were accepted, %d are stored", accepted, stored)
	}
}

// audit waits until the promises hold for all that the databases have.
func (f *Fleet) audit(t testing.TB, when string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	if err := shop.Eventually(ctx, func(ctx context.Context) error { return audit.Audit(ctx, f.Facts().Databases) }); err != nil {
		t.Fatalf("%sa promise is broken: %v", when, err)
	}
}

// check holds the promises against the load's orders one by one, as an admin
// sees them, which takes a busy machine a while.
func (f *Fleet) check(t testing.TB, ledger shop.Ledger) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*Patience)
	defer cancel()
	if err := f.Admin.Check(ctx, ledger); err != nil {
		t.Fatalf("a promise is broken: %v", err)
	}
}

// outcome counts what became of the orders placed since a moment.
func (f *Fleet) outcome(t testing.TB, since time.Time) Outcome {
	t.Helper()
	db, err := sql.Open("mysql", f.Facts().Databases["order-service"])
	must(t, err)
	defer db.Close() //nolint:errcheck // read only
	o := Outcome{ByStatus: map[string]int{}}
	rows, err := db.QueryContext(t.Context(), "SELECT order_status, COUNT(*) FROM orders WHERE created_at >= ? GROUP BY order_status", since)
	must(t, err)
	defer rows.Close() //nolint:errcheck // read only
	for rows.Next() {
		var status string
		var n int
		must(t, rows.Scan(&status, &n))
		o.ByStatus[status] = n
	}
	must(t, rows.Err())
	var micros sql.NullInt64
	must(t, db.QueryRowContext(t.Context(), `
		SELECT MAX(TIMESTAMPDIFF(MICROSECOND, o.created_at, h.occurred_at))
		FROM   orders o JOIN order_history h ON h.order_id = o.order_id AND h.sequence = 2
		WHERE  o.created_at >= ?`, since).Scan(&micros))
	o.Worst = time.Duration(micros.Int64) * time.Microsecond
	return o
}
