package service_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

// held places an order with a wait and returns it and how long that took.
func held(ctx context.Context, t *testing.T, s *shop, p entity.Placing) (*entity.Order, time.Duration) {
	t.Helper()
	start := time.Now()
	order, _, err := s.Place(ctx, ada, p)
	if err != nil {
		t.Fatalf("Place: %v", err)
	}
	took := time.Since(start)
	s.nobodyWaits(t)
	return order, took
}

func patient(t *testing.T) entity.Placing {
	p := placing(t)
	p.Wait = 10 * time.Second
	return p
}

func TestHeldAnswerTellsTheOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(10)
		s.store.created = func(o *entity.Order) { time.AfterFunc(3*time.Second, func() { s.settle(t, o) }) }
		if order, took := held(t.Context(), t, s, patient(t)); order.Status != entity.Confirmed || took != 3*time.Second {
			t.Errorf("order is %s after %s, want CONFIRMED after 3s", order.Status, took)
		}
	})
}

// TestAnswerThatIsQuickerThanThePlacingIsNotMissed settles the order before its
// placing has come back from the store.
func TestAnswerThatIsQuickerThanThePlacingIsNotMissed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(10)
		s.store.created = func(o *entity.Order) { s.settle(t, o) }
		if order, took := held(t.Context(), t, s, patient(t)); order.Status != entity.Confirmed || took != 0 {
			t.Errorf("order is %s after %s, want CONFIRMED at once", order.Status, took)
		}
	})
}

func TestHeldAnswerFindsWhatAnotherReplicaSettled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(10)
		other := open(10)
		other.Orders = service.NewOrders(s.store, other.backlog, other.waiters, time.Now)
		s.store.created = func(o *entity.Order) {
			time.AfterFunc(time.Second, func() { other.settle(t, o) })
			time.AfterFunc(2*time.Second, func() {
				if err := s.waiters.Look(t.Context(), func(context.Context, []id.ID) (map[id.ID]int, error) {
					return map[id.ID]int{o.ID: 2}, nil
				}); err != nil {
					t.Error(err)
				}
			})
		}
		if order, took := held(t.Context(), t, s, patient(t)); order.Status != entity.Confirmed || took != 2*time.Second {
			t.Errorf("order is %s after %s, want CONFIRMED after 2s", order.Status, took)
		}
	})
}

func TestWaitEndsWithoutAnOutcome(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(cancel context.CancelFunc, p *entity.Placing){
		"its time is up":       func(_ context.CancelFunc, p *entity.Placing) { p.Wait = 4 * time.Second },
		"the client has gone":  func(cancel context.CancelFunc, _ *entity.Placing) { time.AfterFunc(4*time.Second, cancel) },
		"the server stops":     func(_ context.CancelFunc, p *entity.Placing) { p.Hurry = after(4 * time.Second) },
		"nobody asked to wait": func(_ context.CancelFunc, p *entity.Placing) { p.Wait = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := open(10)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				p := patient(t)
				end(cancel, &p)
				want := 4 * time.Second
				if p.Wait == 0 {
					want = 0
				}
				if order, took := held(ctx, t, s, p); order.Status != entity.New || took != want {
					t.Errorf("order is %s after %s, want NEW after %s", order.Status, took, want)
				}
			})
		})
	}
}

func after(d time.Duration) <-chan struct{} {
	done := make(chan struct{})
	time.AfterFunc(d, func() { close(done) })
	return done
}

func TestReplayWaitsAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(10)
		p := placing(t)
		p.Once = entity.NewOnce("ada", "key", nil)
		first, _, err := s.Place(t.Context(), ada, p)
		if err != nil {
			t.Fatal(err)
		}
		p.Wait = 10 * time.Second
		time.AfterFunc(time.Second, func() { s.settle(t, first) })
		if again, took := held(t.Context(), t, s, p); again.ID != first.ID || again.Status != entity.Confirmed || took != time.Second {
			t.Errorf("order is %s after %s, want CONFIRMED after 1s", again.Status, took)
		}
		if _, took := held(t.Context(), t, s, p); took != 0 {
			t.Errorf("a settled order took %s, want no wait", took)
		}
	})
}

// TestReplayMissesNoOutcome settles the order when the replay has read it as new
// and does not wait yet.
func TestReplayMissesNoOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(10)
		p := patient(t)
		p.Once, p.Wait = entity.NewOnce("ada", "key", nil), 0
		first, _, err := s.Place(t.Context(), ada, p)
		if err != nil {
			t.Fatal(err)
		}
		s.store.found = func() { s.settle(t, first) }
		p.Wait = 10 * time.Second
		if again, took := held(t.Context(), t, s, p); again.Status != entity.Confirmed || took != 0 {
			t.Errorf("order is %s after %s, want CONFIRMED at once", again.Status, took)
		}
	})
}
