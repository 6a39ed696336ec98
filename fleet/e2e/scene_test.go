// Package e2e_test tries the whole fleet through HTTP and Kafka alone: one that
// runs already (E2E_FLEET names its fleet.json), else one that the first test
// starts on free ports and the last one stops.
package e2e_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// patience bounds every wait for an outcome.
const patience = 3 * time.Minute

// scene is one test's corner of the shared fleet: products and orders that no
// other test touches.
type scene struct {
	fleet  *tried
	shop   *shop.Shop
	admin  *shop.Person
	client *shop.Person

	mu       sync.Mutex
	products []string
	orders   []string
}

func open(t *testing.T) *scene {
	t.Helper()
	f := running(t)
	s := &scene{fleet: f, shop: f.shop, admin: f.admin}
	client, err := f.shop.NewClient(t.Context())
	if err != nil {
		t.Fatalf("register a client: %v", err)
	}
	s.client = client
	return s
}

// stock makes a product and returns its id.
func (s *scene) stock(t *testing.T, price string, units int) string {
	t.Helper()
	product, err := s.admin.Create(t.Context(), "Thing of "+t.Name(), price, units)
	if err != nil {
		t.Fatalf("create a product: %v", err)
	}
	s.products = append(s.products, product.ID)
	return product.ID
}

// place places an order of the client's.
func (s *scene) place(t *testing.T, p shop.Placing) shop.Order {
	t.Helper()
	order, err := s.client.Request(t.Context(), p)
	if err != nil {
		t.Fatalf("place an order: %v", err)
	}
	if order.Status != "NEW" {
		t.Fatalf("a new order is %s, want NEW", order.Status)
	}
	s.note(order.ID)
	return order
}

func (s *scene) note(orderID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders = append(s.orders, orderID)
}

// settled places an order and waits for its outcome.
func (s *scene) settled(t *testing.T, p shop.Placing) shop.Order {
	t.Helper()
	return s.await(t, s.place(t, p).ID)
}

func (s *scene) await(t *testing.T, orderID string) shop.Order {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	order, err := s.client.Settled(ctx, orderID)
	if err != nil {
		t.Fatalf("wait for the outcome: %v", err)
	}
	return order
}

// check holds the promises, the first four as they are and the fifth by
// replaying what the topics hold about this scene's orders.
func (s *scene) check(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ledger := shop.Ledger{Products: s.products, Orders: s.orders}
	if err := s.admin.Check(ctx, ledger); err != nil {
		t.Fatalf("a promise is broken: %v", err)
	}
	s.fleet.topics.replay(t, s.orders...)
	if err := s.admin.Check(ctx, ledger); err != nil {
		t.Fatalf("a promise is broken after a replay: %v", err)
	}
}

// wantHistory expects exactly these statuses, one after the other.
func (s *scene) wantHistory(t *testing.T, orderID string, want ...string) {
	t.Helper()
	steps, err := s.client.History(t.Context(), orderID)
	if err != nil {
		t.Fatalf("read the history: %v", err)
	}
	var got []string
	for i, step := range steps {
		got = append(got, step.To)
		if step.Sequence != i+1 || (i > 0 && *step.From != steps[i-1].To) {
			t.Errorf("history of %s does not join at %+v", orderID, step)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("history of %s = %v, want %v", orderID, got, want)
	}
}

// countSettled counts the scene's orders by status.
func (s *scene) countSettled(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, orderID := range s.orders {
		counts[s.await(t, orderID).Status]++
	}
	return counts
}

func (s *scene) do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fresh is an id that nothing has.
func fresh(t *testing.T) string {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made.String()
}
