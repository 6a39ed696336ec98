package service_test

import (
	"errors"
	"testing"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// change is a request to change an order whatever its version.
func change(orderID id.ID) entity.Change {
	return entity.Change{OrderID: orderID, Note: "a note", TraceID: "trace", Check: func(int) error { return nil }}
}

func TestOthersOrdersDoNotExist(t *testing.T) {
	t.Parallel()
	s := open(10)
	orderID := s.place(t).ID
	asks := map[string]func(auth.Principal) error{
		"Find":       func(by auth.Principal) error { _, err := s.Find(t.Context(), by, orderID); return err },
		"History":    func(by auth.Principal) error { _, err := s.History(t.Context(), by, orderID, 0); return err },
		"Followable": func(by auth.Principal) error { _, _, err := s.Followable(t.Context(), by, orderID, 0); return err },
		"Cancel": func(by auth.Principal) error {
			_, err := s.Cancel(t.Context(), by, entity.Change{OrderID: orderID, Check: func(int) error { return errVersion }})
			return err
		},
	}
	for name, ask := range asks {
		if err := ask(grace); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s by another client = %v, want NotFound", name, err)
		}
		for _, by := range []auth.Principal{ada, admin, root} {
			if err := ask(by); fault.KindOf(err) == fault.NotFound {
				t.Errorf("%s by %v = %v", name, by.Roles, err)
			}
		}
	}
	if got := s.store.orders[orderID]; got.Status != entity.New {
		t.Errorf("order is %s, want NEW", got.Status)
	}
}

func TestClientsListOnlyTheirOwn(t *testing.T) {
	t.Parallel()
	s := open(10)
	s.place(t)
	if _, _, err := s.Place(t.Context(), grace, placing(t)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		by   auth.Principal
		of   id.ID
		want int
	}{
		"own":              {ada, id.ID{}, 1},
		"own by name":      {ada, ada.UserID, 1},
		"another's":        {ada, grace.UserID, 0},
		"all by an admin":  {admin, id.ID{}, 2},
		"one's by a root":  {root, grace.UserID, 1},
		"nobody's by root": {root, root.UserID, 0},
	} {
		found, err := s.Search(t.Context(), tt.by, entity.Filter{ClientID: tt.of}, page.Query{Limit: 10})
		if err != nil || len(found.Items) != tt.want {
			t.Errorf("%s: %d orders, %v; want %d", name, len(found.Items), err, tt.want)
		}
	}
}

func TestCancellationTellsWhoAskedForIt(t *testing.T) {
	t.Parallel()
	s := open(10)
	for name, tt := range map[string]struct {
		by     auth.Principal
		reason entity.Reason
	}{
		"client": {ada, entity.ClientRequest}, "admin": {admin, entity.AdminRequest}, "root": {root, entity.AdminRequest},
	} {
		o := s.place(t)
		got, err := s.Cancel(t.Context(), tt.by, change(o.ID))
		if err != nil || got.Status != entity.Cancelled || got.Reason != tt.reason {
			t.Fatalf("%s: Cancel = %+v, %v; want reason %s", name, got, err, tt.reason)
		}
		if step := s.store.history[o.ID][1]; step.Actor != tt.by.UserID.String() || step.Note != "a note" || step.TraceID != "trace" || !step.Releases {
			t.Errorf("%s: step = %+v", name, step)
		}
		if _, err := s.Cancel(t.Context(), tt.by, change(o.ID)); fault.CodeOf(err) != fault.CodeIllegalStatus {
			t.Errorf("%s: a second Cancel = %v, want ILLEGAL_STATUS", name, err)
		}
	}
	if n := s.backlog.Waiting(); n != 0 {
		t.Errorf("%d orders wait, want none", n)
	}
}

func TestOnlyConfirmedOrdersAreShipped(t *testing.T) {
	t.Parallel()
	s := open(10)
	o := s.place(t)
	if _, err := s.Ship(t.Context(), admin, change(o.ID)); fault.CodeOf(err) != fault.CodeIllegalStatus {
		t.Errorf("Ship of a new order = %v, want ILLEGAL_STATUS", err)
	}
	s.settle(t, o)
	changed, stop := s.waiters.Expect(o.ID, 2)
	defer stop()
	s.store.repeats = 2 // the transaction runs again: one step all the same
	got, err := s.Ship(t.Context(), admin, change(o.ID))
	if err != nil || got.Status != entity.Shipped || got.Version != 3 || len(s.store.history[o.ID]) != 3 {
		t.Errorf("Ship = %+v, %v", got, err)
	}
	select {
	case <-changed:
	default:
		t.Error("who follows the order was not told")
	}
	if n := s.backlog.Waiting(); n != 0 {
		t.Errorf("%d orders wait, want none: it had left before", n)
	}
}

var errVersion = errors.New("another version")

func TestChangeOfAnotherVersionIsNotMade(t *testing.T) {
	t.Parallel()
	s := open(10)
	o := s.place(t)
	c := change(o.ID)
	c.Check = func(version int) error {
		if version != 1 {
			t.Errorf("Check(%d), want 1", version)
		}
		return errVersion
	}
	if _, err := s.Cancel(t.Context(), ada, c); !errors.Is(err, errVersion) {
		t.Errorf("Cancel = %v, want Check's failure", err)
	}
	if got := s.store.orders[o.ID].Status; got != entity.New || s.backlog.Waiting() != 1 {
		t.Errorf("order is %s, %d wait; want NEW and 1", got, s.backlog.Waiting())
	}
}
