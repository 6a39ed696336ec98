package database_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/database"
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
		{16, 3, []part{{0, 16}}},
		{17, 3, []part{{0, 16}, {16, 17}}},
		{100, 3, []part{{0, 64}, {64, 96}, {96, 100}}},
		{300, 3, []part{{0, 128}, {128, 256}, {256, 288}, {288, 300}}},
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
