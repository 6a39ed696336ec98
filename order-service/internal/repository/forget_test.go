package repository_test

import (
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

func TestErasedClientsOrdersKeepAllButThePerson(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	theirs, other := place(t, 2), place(t, 1)
	create(t, store, theirs, nil)
	create(t, store, other, nil)
	_, err := store.Update(t.Context(), theirs.ID, func(o *entity.Order) error {
		return o.Cancel(entity.Cause{Actor: "someone", Reason: entity.AdminRequest, Note: "called from 555-0100"}, o.CreatedAt)
	})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	for range 2 {
		if err := store.Forget(t.Context(), []id.ID{theirs.ClientID}, now); err != nil {
			t.Fatal(err)
		}
	}
	got, err := store.Find(t.Context(), theirs.ID)
	if err != nil || got.Address != "" || got.ClientName != "" || got.ClientID != theirs.ClientID || len(got.Lines) != 2 || got.Version != 2 {
		t.Errorf("forgotten order = %+v, %v", got, err)
	}
	steps, err := store.History(t.Context(), theirs.ID, 0)
	if err != nil || len(steps) != 2 || steps[1].Note != "" {
		t.Errorf("history = %+v, %v", steps, err)
	}
	if kept, err := store.Find(t.Context(), other.ID); err != nil || kept.Address == "" {
		t.Errorf("another's order = %+v, %v", kept, err)
	}

	late := place(t, 1)
	late.ClientID = theirs.ClientID
	create(t, store, late, nil)
	if err := store.ForgetAgain(t.Context(), now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if kept, err := store.Find(t.Context(), late.ID); err != nil || kept.Address == "" {
		t.Errorf("forgotten too long ago, and yet: %+v, %v", kept, err)
	}
	if err := store.ForgetAgain(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	if got, err := store.Find(t.Context(), late.ID); err != nil || got.Address != "" {
		t.Errorf("an order that came late = %+v, %v", got, err)
	}
}
