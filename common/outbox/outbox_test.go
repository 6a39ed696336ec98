package outbox_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
)

func TestRecordsComeAndGoWithTheirTransaction(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	errChanged := errors.New("changed its mind")
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
		if err := outbox.Add(t.Context(), tx, record(t, "never")); err != nil {
			return err
		}
		return errChanged
	})
	if !errors.Is(err, errChanged) {
		t.Fatalf("InTx = %v, want %v", err, errChanged)
	}
	add(t, db, record(t, "kept"))
	if got := count(t, db); got != 1 {
		t.Errorf("the outbox holds %d records, want 1", got)
	}
}

func TestRecordsGoOutAsTheyWere(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	alone, wants := record(t, `{"a":"ü"}`), append(some(t, 3), contract.Record{Topic: "bare", ID: newID(t), Body: []byte{}})
	add(t, db, alone)
	add(t, db, wants...)
	if got := count(t, db); got != 2 {
		t.Errorf("two transactions leave %d rows, want one each", got)
	}
	var b broker
	relay(t, db, &b)
	for _, want := range append(wants, alone) {
		eventually(t, "it is published", func() bool { return b.has(want) })
		if diff := cmp.Diff(want, b.find(want.ID)); diff != "" {
			t.Errorf("published (-want +got):\n%s", diff)
		}
	}
	eventually(t, "the outbox is empty", func() bool { return count(t, db) == 0 })
}

func TestAnyNumberOfRecordsGoesIntoOneTransaction(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	records := append(some(t, 11_000), record(t, strings.Repeat("x", 3<<20)), record(t, strings.Repeat("y", 3<<20)))
	add(t, db, records...)
	if got, err := outbox.Waiting(t.Context(), db); err != nil || len(got) != len(records) {
		t.Errorf("the outbox holds %d records, %v, want %d", len(got), err, len(records))
	}
	if got := count(t, db); got > 10 {
		t.Errorf("they take %d rows, want a few", got)
	}
	var b broker
	relay(t, db, &b)
	eventually(t, "all are published", func() bool { return b.has(records...) })
	eventually(t, "the outbox is empty", func() bool { return count(t, db) == 0 })
}
