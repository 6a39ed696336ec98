package fleettest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// stubborn is how long a client tries to place one order.
const stubborn = 60 * time.Second

// Load is a steady stream of orders by clients who do not give up: each order
// has an idempotency key, under which it is asked for until it is answered. Some
// are cancelled or shipped soon after.
type Load struct {
	admin, client *shop.Person
	products      []string // the first of which there is always enough
	began         time.Time
	stop          context.CancelFunc
	all           sync.WaitGroup
	stalls        *stalls

	mu       sync.Mutex
	accepted []string
	refused  int     // answers and broken connections that made a client ask again
	lost     int     // orders given up
	wrong    []error // answers that no fault excuses
}

// Load starts a load of so many orders a second and stops it with the test.
func (f *Fleet) Load(t testing.TB, perSecond int, seed uint64) *Load {
	t.Helper()
	return f.LoadVia(t, f.Shop, perSecond, seed)
}

// LoadVia is Load with clients who have their own way to the fleet.
func (f *Fleet) LoadVia(t testing.TB, way *shop.Shop, perSecond int, seed uint64) *Load {
	t.Helper()
	l := &Load{admin: f.Admin, began: time.Now().UTC(), stalls: newStalls()}
	t.Cleanup(l.stalls.close)
	f.Eventually(t, func(ctx context.Context) (err error) { // a busy machine may answer 503
		l.client, err = way.NewClient(ctx)
		return err
	})
	for range plenty {
		l.products = append(l.products, f.stock(t, "9.99", 1_000_000))
	}
	l.products = append(l.products, f.stock(t, "19.99", 50))
	ctx, cancel := context.WithCancel(t.Context())
	l.stop = cancel
	l.all.Go(func() { l.run(ctx, t.Context(), perSecond, rand.New(rand.NewPCG(seed, 1))) }) // #nosec G404 -- repeatable on purpose
	t.Cleanup(l.Stop)
	return l
}

// stock makes a product and returns its id.
func (f *Fleet) stock(t testing.TB, price string, units int) (productID string) {
	t.Helper()
	f.Eventually(t, func(ctx context.Context) error {
		product, err := f.Admin.Create(ctx, "Thing of "+t.Name(), price, units)
		productID = product.ID
		return err
	})
	return productID
}

// Stop ends the stream and waits until every client has its answer.
func (l *Load) Stop() {
	l.stop()
	l.all.Wait()
}

// Accepted are the orders that were answered 201.
func (l *Load) Accepted() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.accepted...)
}

// Refused counts the answers and broken connections that made clients ask again,
// and Lost the orders that they gave up.
func (l *Load) Refused() (refused, lost int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused, l.lost
}

// Stalled is for how long the machine has let nobody run since the load began: so
// much later than promised anything may happen.
func (l *Load) Stalled() time.Duration { return l.stalls.sum() }

// Wrong returns an answer that no fault excuses, nil if there was none: whoever
// cannot serve says 503 and nothing else.
func (l *Load) Wrong() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%d answers were neither an order nor 503, the first: %w", len(l.wrong), l.wrong[0])
}

func (l *Load) run(ctx, patient context.Context, perSecond int, chance *rand.Rand) {
	ticker := time.NewTicker(time.Second / time.Duration(perSecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		placing, then, after := l.some(chance), chance.IntN(100), time.Duration(chance.IntN(3000))*time.Millisecond
		l.all.Go(func() {
			if orderID, ok := l.place(patient, placing); ok {
				l.follow(patient, orderID, then, after)
			}
		})
	}
}

func (l *Load) some(chance *rand.Rand) shop.Placing {
	key, _ := id.New() // fails only without random numbers
	p := shop.Placing{Key: key.String()}
	for range 1 + chance.IntN(3) {
		p.Lines = append(p.Lines, shop.Line{ID: l.products[chance.IntN(len(l.products))], Quantity: 1 + chance.IntN(3)})
	}
	return p
}

// place asks until the order is accepted.
func (l *Load) place(ctx context.Context, p shop.Placing) (orderID string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, stubborn)
	defer cancel()
	for ctx.Err() == nil {
		order, err := l.client.Request(ctx, p)
		l.mu.Lock()
		if err == nil {
			l.accepted = append(l.accepted, order.ID)
			l.mu.Unlock()
			return order.ID, true
		}
		l.refused++
		if problem, ok := errors.AsType[*shop.Problem](err); ok && problem.Status != http.StatusServiceUnavailable && problem.Status != http.StatusGatewayTimeout {
			l.wrong = append(l.wrong, err)
		}
		l.mu.Unlock()
		pause(ctx, 100*time.Millisecond)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost++
	return "", false
}

// follow cancels or ships half of the orders after a while, so that whatever
// happens finds reservations that are to be closed. Whether it may, and whether it
// comes through, is not its concern.
func (l *Load) follow(ctx context.Context, orderID string, dice int, after time.Duration) {
	switch {
	case dice < 25:
		pause(ctx, after)
		_ = l.client.Cancel(ctx, orderID)
	case dice < 50:
		pause(ctx, after)
		_ = l.admin.Ask(ctx, shop.Call{Method: http.MethodPut, Path: "/v1/orders/" + orderID + "/status", Body: map[string]string{"status": "SHIPPED"}}, nil)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// probes are orders at once, so that every partition is tried; each asks for all
// products of which there is enough, so that a lock on any is noticed.
const (
	probes = 12
	plenty = 5
)

// Recovery places orders until each of some has been confirmed and returns the
// time since then: how long the fleet did not do its work for people who came at
// that moment.
func (l *Load) Recovery(t testing.TB, since time.Time) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	var all sync.WaitGroup
	for range probes {
		all.Go(func() { l.confirm(ctx) })
	}
	all.Wait()
	if ctx.Err() != nil {
		t.Fatalf("orders were not confirmed within %s", Patience)
	}
	return time.Since(since)
}

// confirm places orders until one is confirmed.
func (l *Load) confirm(ctx context.Context) {
	var all []shop.Line
	for _, product := range l.products[:plenty] {
		all = append(all, shop.Line{ID: product, Quantity: 1})
	}
	for ctx.Err() == nil {
		key, _ := id.New() // as above
		orderID, ok := l.place(ctx, shop.Placing{Key: key.String(), Lines: all})
		if !ok {
			continue
		}
		if order, err := l.client.Settled(ctx, orderID); err == nil && order.Status == "CONFIRMED" {
			return
		}
	}
}
