//go:build faultpoints

package faults_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/fleettest"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// deadline is how long a request may take. The gateway's patience ends after it,
// and the database's for a statement.
const deadline = 15 * time.Second

// A request that waits in the database for what it cannot get is answered in
// time, and its statement does not wait on for nobody.
func TestDeadlineOfRequestReachesTheDatabase(t *testing.T) {
	f, l, _ := begin(t)
	l.Stop()
	product, err := f.Admin.Create(t.Context(), "Locked thing", "1.00", 1)
	if err != nil {
		t.Fatal(err)
	}
	root, err := f.Root(t).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close() //nolint:errcheck // its locks go with it
	execute(t, root, "LOCK TABLES product_db.products WRITE")
	began := time.Now()
	err = f.Admin.Ask(t.Context(), shop.Call{Method: http.MethodGet, Path: "/v1/products/" + product.ID}, nil)
	if problem, ok := errors.AsType[*shop.Problem](err); !ok || problem.Status != http.StatusServiceUnavailable {
		t.Errorf("a read of a locked table: %v, want 503", err)
	}
	took := time.Since(began)
	t.Logf("figure: a read of a locked table is refused after %.1f s", took.Seconds())
	if most := deadline + 3*time.Second + l.Stalled(); took > most {
		t.Errorf("a read of a locked table was refused after %s, at most %s is allowed: others than the service gave up", took, most)
	}
	f.Eventually(t, func(ctx context.Context) error {
		var waiting int
		err := root.QueryRowContext(ctx, `
			SELECT COUNT(*) FROM information_schema.processlist
			WHERE  db = 'product_db' AND command = 'Query' AND info LIKE '%products%' AND time > 0`).Scan(&waiting)
		if err == nil && waiting > 0 {
			err = fmt.Errorf("%d statements still wait for the table", waiting)
		}
		return err
	})
	if took := time.Since(began); took > deadline+30*time.Second+l.Stalled() { // and the limit of statements
		t.Errorf("statements waited for %s in vain", took)
	}
	execute(t, root, "UNLOCK TABLES")
	end(t, f, l)
}

// taken is how many orders are taken while the broker says nothing, and growth by
// how much a service's own figures may grow then: less than anything a piece for
// each order.
const taken = 400

// silence is so long that the relay gives up twice (three attempts of five seconds
// each), the second time with what fifteen seconds had to say.
const silence = 32 * time.Second

func growth() map[string]float64 {
	return map[string]float64{"go_goroutines": taken / 2, "process_open_fds": taken / 2, "process_resident_memory_bytes": 64 << 20}
}

// While the broker stands still, orders are taken and nothing piles up.
func TestSilentBrokerPilesNothingUp(t *testing.T) {
	f, l, chance := begin(t)
	before := map[string]float64{}
	for name := range growth() {
		before[name] = gauge(t, f, "order-service", name)
	}
	began := time.Now()
	f.Signal(t, "kafka", syscall.SIGSTOP)
	t.Cleanup(func() { f.Signal(t, "kafka", syscall.SIGCONT) }) // should the test end here
	more := f.Load(t, taken/8, chance.Uint64())
	f.Eventually(t, func(context.Context) error {
		if n := len(more.Accepted()); n < taken {
			return fmt.Errorf("%d orders were taken while the broker stood still, want %d", n, taken)
		}
		return nil
	})
	more.Stop() // what is in flight is no pile
	l.Stop()
	time.Sleep(time.Until(began.Add(silence)))
	for name, allowed := range growth() {
		now := gauge(t, f, "order-service", name)
		t.Logf("figure: %s of order-service before %.0f, after %d orders without a broker %.0f", name, before[name], taken, now)
		if now > before[name]+allowed {
			t.Errorf("%s grew from %.0f to %.0f while the broker stood still", name, before[name], now)
		}
	}
	f.Signal(t, "kafka", syscall.SIGCONT)
	recovers(t, l, "half a minute without a broker", time.Now())
	end(t, f, more)
	end(t, f, l)
}

// gauge reads one of a service's own figures.
func gauge(t *testing.T, f *fleettest.Fleet, service, name string) (value float64) {
	t.Helper()
	answer, err := http.Get(f.Facts().Services[service] + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			if _, err := fmt.Sscan(text, &value); err != nil {
				t.Fatal(err)
			}
			return value
		}
	}
	t.Fatalf("%s has no %s", service, name)
	return 0
}

// Clients who send their orders byte by byte cost a connection each: no
// transaction waits for them, and others are served as ever.
func TestSlowClientsCostConnectionsAlone(t *testing.T) {
	f, l, _ := begin(t)
	token, err := f.Admin.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimPrefix(f.Facts().Services["order-service"], "http://")
	for range 300 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()                                                                                                                                                            //nolint:errcheck // it is never finished
		fmt.Fprintf(conn, "POST /v1/orders HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"products\":", token) //nolint:errcheck // as above
	}
	took := recovers(t, l, "three hundred clients who do not finish", time.Now())
	if took > 10*time.Second+l.Stalled() {
		t.Errorf("slow clients held up others for %s", took)
	}
	var old int
	err = f.Root(t).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_started < NOW() - INTERVAL 5 SECOND").Scan(&old)
	if err != nil || old > 0 {
		t.Errorf("%d transactions are open for long (%v), want none", old, err)
	}
	end(t, f, l)
}

func execute(t *testing.T, conn *sql.Conn, statement string) {
	t.Helper()
	if _, err := conn.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
