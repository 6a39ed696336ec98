package repository

import (
	"io"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

func migrate(t *testing.T, db *sqlx.DB, command string) error {
	t.Helper()
	return database.MigrateCommand(t.Context(), db, Migrations(), []string{command}, io.Discard)
}

func testKey(name string, state entity.KeyState, at time.Time) entity.SigningKey {
	return entity.SigningKey{ID: name, State: state, Public: []byte{1, 0, 255}, Private: []byte(name), CreatedAt: at}
}

func add(keys ...entity.SigningKey) func([]entity.SigningKey) (entity.KeyChange, error) {
	return func([]entity.SigningKey) (entity.KeyChange, error) { return entity.KeyChange{Add: keys}, nil }
}

func TestOfKeysMadeAtOnceOneIsActive(t *testing.T) {
	t.Parallel()
	keys, now := NewSigningKeys(databasetest.New(t, Migrations())), newWatch().time()
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			first, spare := testKey(name, entity.KeyActive, now), testKey(name+"2", entity.KeyNext, now)
			if err := keys.Update(t.Context(), nil, add(first, spare)); err != nil {
				t.Errorf("Update: %v", err)
			}
		})
	}
	all.Wait()
	found, err := keys.All(t.Context())
	if err != nil || len(found) != 2 || found[1].ID != found[0].ID+"2" {
		t.Errorf("stored are %v, %v, want one replica's pair", found, err)
	}
}

func TestChangeOfKeysIsSavedWholeWithItsDeed(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, Migrations())
	keys, now := NewSigningKeys(db), newWatch().time()
	retired := testKey("retired", entity.KeyRetired, now.Add(-2*time.Hour))
	retired.Private, retired.ActivatedAt, retired.RetiredAt = nil, &retired.CreatedAt, &now
	active, next := testKey("active", entity.KeyActive, now.Add(-time.Hour)), testKey("next", entity.KeyNext, now)
	next.SignsFrom, next.Asked = &now, true
	gone := testKey("gone", entity.KeyRetired, now.Add(-3*time.Hour))
	if err := keys.Update(t.Context(), nil, add(next, active, retired, gone)); err != nil {
		t.Fatal(err)
	}
	active.State, active.Private, active.RetiredAt = entity.KeyRetired, nil, &now
	next.State, next.Asked, next.ActivatedAt = entity.KeyActive, false, &now
	newest := testKey("newest", entity.KeyNext, now.Add(time.Second))
	deed, err := entity.NewDeed(entity.Actor{}, entity.KeysRotated, "signing-keys", "")
	if err != nil {
		t.Fatal(err)
	}
	err = keys.Update(t.Context(), deed, func([]entity.SigningKey) (entity.KeyChange, error) {
		return entity.KeyChange{Remove: []string{"gone"}, Save: []entity.SigningKey{active, next}, Add: []entity.SigningKey{newest}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := keys.All(t.Context())
	if diff := cmp.Diff([]entity.SigningKey{newest, next, active, retired}, got); diff != "" || err != nil {
		t.Errorf("All = %v (-want +got):\n%s", err, diff)
	}
	q := page.Query{Limit: 10, By: entity.SortByOccurredAt, Descending: true}
	told, err := NewAudit(db).Search(t.Context(), entity.DeedFilter{Subject: "signing-keys"}, q)
	if diff := cmp.Diff([]entity.Deed{*deed}, told.Items); diff != "" || err != nil {
		t.Errorf("audit = %v (-want +got):\n%s", err, diff)
	}
}
