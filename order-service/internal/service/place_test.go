package service_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

var ignoreSteps = cmpopts.IgnoreUnexported(entity.Order{})

func TestClientPlacesForThemselves(t *testing.T) {
	t.Parallel()
	s := open(10)
	p := placing(t)
	p.TraceID = "trace"
	order, replayed, err := s.Place(t.Context(), ada, p)
	if err != nil || replayed {
		t.Fatalf("Place = %t, %v", replayed, err)
	}
	if order.Status != entity.New || order.ClientID != ada.UserID || order.ClientName != ada.Name || !order.CreatedAt.Equal(order.ID.Time()) {
		t.Errorf("order = %+v", order)
	}
	if step := order.Steps()[0]; step.Actor != ada.UserID.String() || step.TraceID != "trace" {
		t.Errorf("first step = %+v, want Ada's in her trace", step)
	}
	if n := s.backlog.Waiting(); n != 1 {
		t.Errorf("%d orders wait, want 1", n)
	}
}

func TestOnlyAdminsPlaceForOthers(t *testing.T) {
	t.Parallel()
	s := open(10)
	p := placing(t)
	p.Draft.ClientID = ada.UserID
	order, _, err := s.Place(t.Context(), admin, p)
	if err != nil || order.ClientID != ada.UserID || order.ClientName != "" || order.Steps()[0].Actor != admin.UserID.String() {
		t.Errorf("Place by an admin = %+v, %v; want an order of Ada's, whose name only she tells", order, err)
	}
	if _, _, err := s.Place(t.Context(), root, p); err != nil {
		t.Errorf("Place by a root = %v", err)
	}
	if _, _, err := s.Place(t.Context(), ada, p); err != nil {
		t.Errorf("Place by herself = %v", err)
	}
	if _, _, err := s.Place(t.Context(), grace, p); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("Place by another client = %v, want Forbidden", err)
	}
	if n := len(s.store.orders); n != 3 {
		t.Errorf("%d orders placed, want 3", n)
	}
}

func TestWhatIsNotPlacedDoesNotWait(t *testing.T) {
	t.Parallel()
	s := open(10)
	bad := placing(t)
	bad.Draft.Address = ""
	if _, _, err := s.Place(t.Context(), ada, bad); fault.KindOf(err) != fault.Invalid {
		t.Errorf("Place without an address = %v, want Invalid", err)
	}
	s.store.broken = errors.New("away")
	if _, _, err := s.Place(t.Context(), ada, placing(t)); !errors.Is(err, s.store.broken) {
		t.Errorf("Place = %v, want the store's failure", err)
	}
	if n := s.backlog.Waiting(); n != 0 {
		t.Errorf("%d orders wait, want none", n)
	}
}

func TestSameRequestUnderAKeyGetsTheOrderAsItWasPlaced(t *testing.T) {
	t.Parallel()
	s := open(10)
	p := placing(t)
	p.Once = entity.NewOnce("ada", "key", []byte("request"))
	first, replayed, err := s.Place(t.Context(), ada, p)
	if err != nil || replayed {
		t.Fatalf("Place = %t, %v", replayed, err)
	}
	for _, settled := range []bool{false, true} {
		if settled {
			s.settle(t, first)
		}
		again, replayed, err := s.Place(t.Context(), ada, p)
		if err != nil || !replayed {
			t.Fatalf("Place again = %t, %v", replayed, err)
		}
		if diff := cmp.Diff(first, again, ignoreSteps); diff != "" {
			t.Errorf("settled %t: order (-first +again):\n%s", settled, diff)
		}
	}
	if n := s.backlog.Waiting(); n != 0 {
		t.Errorf("%d orders wait, want none", n)
	}
}

func TestKeyIsForOneRequest(t *testing.T) {
	t.Parallel()
	s := open(10)
	p := placing(t)
	p.Once = entity.NewOnce("ada", "key", []byte("request"))
	if _, _, err := s.Place(t.Context(), ada, p); err != nil {
		t.Fatal(err)
	}
	p.Once = entity.NewOnce("ada", "key", []byte("another"))
	if _, _, err := s.Place(t.Context(), ada, p); fault.CodeOf(err) != fault.CodeIdempotencyKeyReused {
		t.Errorf("Place of another request = %v, want IDEMPOTENCY_KEY_REUSED", err)
	}
	p.Once = entity.NewOnce("grace", "key", []byte("another"))
	if _, replayed, err := s.Place(t.Context(), grace, p); replayed || err != nil {
		t.Errorf("Place under another's key = %t, %v; want an order", replayed, err)
	}
}

func TestOverloadRefusesNewOrdersAndRepeatsOldOnes(t *testing.T) {
	t.Parallel()
	s := open(1)
	p := placing(t)
	p.Once = entity.NewOnce("ada", "key", nil)
	first, _, err := s.Place(t.Context(), ada, p)
	if err != nil {
		t.Fatal(err)
	}
	s.place(t) // one waits: that is not more than one
	fresh := placing(t)
	for _, once := range []*entity.Once{nil, entity.NewOnce("ada", "other", nil)} {
		fresh.Once = once
		_, _, err := s.Place(t.Context(), ada, fresh)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.CodeOverloaded || f.RetryAfter != time.Second {
			t.Errorf("Place = %v, want OVERLOADED for a second", err)
		}
	}
	if again, replayed, err := s.Place(t.Context(), ada, p); err != nil || !replayed || again.ID != first.ID {
		t.Errorf("Place again = %t, %v; want the first order", replayed, err)
	}
	p.Once = entity.NewOnce("ada", "key", []byte("another"))
	if _, _, err := s.Place(t.Context(), ada, p); fault.CodeOf(err) != fault.CodeIdempotencyKeyReused {
		t.Errorf("Place of another request = %v, want IDEMPOTENCY_KEY_REUSED", err)
	}
	s.settle(t, first)
	if _, _, err := s.Place(t.Context(), ada, fresh); err != nil {
		t.Errorf("Place when one has left = %v", err)
	}
}
