package database_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
)

func TestPlaceholdersAreAsManyAsValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{database.Values(1, 1), "(?)"}, {database.Values(2, 3), "(?,?,?),(?,?,?)"}, {database.Values(0, 3), ""}, {database.In(1), "(?)"}, {database.In(3), "(?,?,?)"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestChunksHoldEveryRowOnceAndFitIntoAStatement(t *testing.T) {
	t.Parallel()
	type part struct{ From, To int }
	for _, c := range []struct {
		rows, columns int
		want          []part
	}{
		{0, 3, nil},
		{1, 3, []part{{0, 1}}},
		{21_845, 3, []part{{0, 21_845}}},
		{21_846, 3, []part{{0, 21_845}, {21_845, 21_846}}},
		{70_000, 1, []part{{0, 65_535}, {65_535, 70_000}}},
		{3, 65_535, []part{{0, 1}, {1, 2}, {2, 3}}},
	} {
		var got []part
		err := database.Chunks(c.rows, c.columns, func(from, to int) error {
			got = append(got, part{from, to})
			return nil
		})
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("Chunks(%d, %d) = %v (-want +got):\n%s", c.rows, c.columns, err, diff)
		}
	}
}

func TestChunksStopAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	broken, calls := errors.New("broken"), 0
	err := database.Chunks(200_000, 1, func(int, int) error {
		calls++
		return broken
	})
	if !errors.Is(err, broken) || calls != 1 {
		t.Errorf("Chunks = %v after %d calls, want the failure of the first", err, calls)
	}
}

func TestLargestChunkIsOneStatement(t *testing.T) {
	t.Parallel()
	const rows, columns = 25_000, 3
	db := databasetest.New(t, one)
	now := time.Now()
	err := database.Chunks(rows, columns, func(from, to int) error {
		var args []any
		for range to - from {
			args = append(args, newID(t), "1.00", now)
		}
		_, err := db.Exec("INSERT INTO things (thing_id, price, seen) VALUES "+database.Values(to-from, columns), args...)
		return err
	})
	var got int
	if err := errors.Join(err, db.Get(&got, "SELECT COUNT(*) FROM things")); err != nil || got != rows {
		t.Errorf("%d rows, %v; want %d", got, err, rows)
	}
}
