package gateway_test

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/fleet/internal/gateway"
)

var update = flag.Bool("update", false, "rewrite the files that are made from the code")

// nginx has as files what this gateway makes.
func TestFilesOfTheOtherGatewayAreTheSame(t *testing.T) {
	t.Parallel()
	g := open(t, func(http.ResponseWriter, *http.Request) {})
	for _, service := range gateway.Services() {
		for file, path := range map[string]string{"index.html": "", "start.js": "/start.js"} {
			want := read(t, ask(t, "GET", g.URL+"/docs/"+service+path, nil))
			kept := filepath.Join("../../../deploy/gateway/docs", service, file)
			if *update {
				if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(kept, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			got, err := os.ReadFile(kept)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(got), want); diff != "" {
				t.Errorf("%s is out of date, run with -update (-file +gateway):\n%s", kept, diff)
			}
		}
	}
}
