package repository

import (
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

func migrate(t *testing.T, db *sqlx.DB, command string) error {
	t.Helper()
	return database.MigrateCommand(t.Context(), db, Migrations(), []string{command}, io.Discard)
}

func testKey(name string, state entity.KeyState, at time.Time) entity.SigningKey {
	return entity.SigningKey{ID: name, State: state, Public: []byte{1, 0, 255}, Private: []byte(name), CreatedAt: at}
}

func TestOfKeysMadeAtOnceOneIsActive(t *testing.T) {
	t.Parallel()
	keys, now := NewSigningKeys(databasetest.New(t, Migrations())), newWatch().time()
	var won atomic.Int32
	var all sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			created, err := keys.Create(t.Context(), testKey(name, entity.KeyActive, now))
			if err != nil {
				t.Errorf("Create: %v", err)
			}
			if created {
				won.Add(1)
			}
		})
	}
	all.Wait()
	found, err := keys.All(t.Context())
	if won.Load() != 1 || len(found) != 1 || err != nil {
		t.Errorf("%d created, %d stored, %v, want one", won.Load(), len(found), err)
	}
}

func TestKeysOfOtherStatesStandBesideTheActive(t *testing.T) {
	t.Parallel()
	keys, now := NewSigningKeys(databasetest.New(t, Migrations())), newWatch().time()
	retired := testKey("retired", entity.KeyRetired, now.Add(-2*time.Hour))
	retired.Private, retired.ActivatedAt, retired.RetiredAt = nil, &retired.CreatedAt, &now
	older := testKey("older", entity.KeyRetired, now.Add(-3*time.Hour))
	want := []entity.SigningKey{testKey("next", entity.KeyNext, now), testKey("active", entity.KeyActive, now.Add(-time.Hour)), retired, older}
	for _, key := range want {
		if created, err := keys.Create(t.Context(), key); !created || err != nil {
			t.Fatalf("Create %s = %t, %v", key.ID, created, err)
		}
	}
	got, err := keys.All(t.Context())
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("All = %v (-want +got):\n%s", err, diff)
	}
}
