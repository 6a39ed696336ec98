package config_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/config"
)

var update = flag.Bool("update", false, "rewrite golden files")

func TestTableListsEverySetting(t *testing.T) {
	t.Parallel()
	const golden = "testdata/table.md"
	var got bytes.Buffer
	if err := config.Table(&got, &settings{}); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("Table (-want +got; -update rewrites it):\n%s", diff)
	}
}

func TestTableTellsWhenItCannotWrite(t *testing.T) {
	t.Parallel()
	if err := config.Table(full{}, &settings{}); !errors.Is(err, errFull) {
		t.Errorf("Table = %v, want the writer's failure", err)
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
