package outbox_test

import (
	"errors"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/outbox"
)

// A process dies between its commit and the publish: nothing was offered.
func TestRowsThatADeadProcessLeftGoOutAtTheNextStart(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	records := some(t, 1_700) // several claims
	add(t, db, records...)
	var b broker
	began := time.Now()
	relay(t, db, &b)
	eventually(t, "all are published", func() bool { return b.has(records...) })
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %s", took)
	}
	eventually(t, "the outbox is empty", func() bool { return count(t, db) == 0 })
}

func TestRowsThatAnotherProcessLeftGoOutWithinSeconds(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	var b broker
	r := relay(t, db, &b)
	r.direct(t, &b)
	left := some(t, 20)
	add(t, db, left...) // and never offered
	eventually(t, "all are published", func() bool { return b.has(left...) })
	eventually(t, "the outbox is empty", func() bool { return count(t, db) == 0 })
}

// Ids do not come in the order of commits; a relay that went on behind the last
// published id would lose the late one.
func TestRowThatCommitsLateWithASmallerIDGoesOut(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	var b broker
	r := relay(t, db, &b)
	r.direct(t, &b)
	late, early := record(t, "made first"), record(t, "made second")
	err := database.InTx(t.Context(), db, func(tx *database.Tx) error {
		if err := outbox.Add(t.Context(), tx, late); err != nil {
			return err
		}
		add(t, db, early)
		eventually(t, "the second is published", func() bool { return b.has(early) })
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first is published too", func() bool { return b.has(late) })
}

func TestRefusedRecordStaysAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, migrations)
	errTooLarge := errors.New("too large")
	b := broker{refuse: func(r contract.Record) error {
		if string(r.Body) == "refused" {
			return errTooLarge
		}
		return nil
	}}
	r := relay(t, db, &b)
	r.direct(t, &b)
	records := append(some(t, 10), record(t, "refused"))
	add(t, db, records...)
	r.Offer(records...)
	eventually(t, "the others are published", func() bool { return b.has(records[:10]...) })
	eventually(t, "one stays", func() bool { return count(t, db) == 1 })
	behind := record(t, "behind")
	add(t, db, behind)
	r.Offer(behind)
	eventually(t, "those behind are published", func() bool { return b.has(behind) })
	if err := r.Healthy(); err != nil {
		t.Errorf("Healthy = %v, want nil: waiting would not help", err)
	}
}

func TestRelayWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, nil) // the table is not there yet
	var b broker
	relay(t, db, &b)
	records := some(t, 3)
	if _, err := db.Exec(outbox.Schema); err != nil {
		t.Fatal(err)
	}
	add(t, db, records...)
	eventually(t, "all are published", func() bool { return b.has(records...) })
}
