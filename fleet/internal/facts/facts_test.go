package facts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/fleet/internal/facts"
)

func TestWrittenFactsHaveTheirShapeAndArePrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "fleet.json")
	for pid := range 2 { // the second replaces the first
		f := facts.Facts{
			Gateway: "http://127.0.0.1:8080", Kafka: "127.0.0.1:9092", Redis: "127.0.0.1:6379",
			Services:  map[string]string{"user-service": "http://127.0.0.1:8081"},
			Databases: map[string]string{"user-service": "u:p@tcp(127.0.0.1:3306)/user_db"},
			PIDs:      map[string]int{"user-service": pid}, Accounts: facts.Demo()[:1],
		}
		if err := f.Write(path); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"gateway": "http://127.0.0.1:8080", "kafka": "127.0.0.1:9092", "redis": "127.0.0.1:6379",
		"services":  map[string]any{"user-service": "http://127.0.0.1:8081"},
		"databases": map[string]any{"user-service": "u:p@tcp(127.0.0.1:3306)/user_db"},
		"pids":      map[string]any{"user-service": 1.0},
		"accounts":  []any{map[string]any{"email": "root@example.com", "password": "OmsDemo!2026", "roles": []any{"ROOT"}}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("fleet.json (-got +want):\n%s", diff)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of fleet.json = %v, %v, want 0600", info.Mode().Perm(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("files beside fleet.json: %q", left)
	}
}
