// Package docs_test keeps those pages of the documentation true that list what
// all services have.
package docs_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/fleet/internal/services"
	order "github.com/oms-fleet/oms/order-service/app"
	product "github.com/oms-fleet/oms/product-service/app"
	user "github.com/oms-fleet/oms/user-service/app"
)

var update = flag.Bool("update", false, "rewrite golden files")

const golden = "../../docs/configuration.md"

// TestConfigurationPageIsTrue holds the page against the services' own tables.
func TestConfigurationPageIsTrue(t *testing.T) {
	t.Parallel()
	got := page(t)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v; write it by: go test ./docs -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/configuration.md (-want +got), rewritten by -update:\n%s", diff)
	}
}

const intro = `# Configuration

Made from the code by a test: ` + "`go test ./docs -update` in `fleet`" + `. A service prints its own table by ` + "`SERVICE config`" + `.

Settings are environment variables. Where several services share an environment, a prefix addresses one of them:
` + "`ORDER_DB_DSN` wins over `DB_DSN`" + ` in order-service. An empty variable is a mistake, and a service that finds mistakes does not
start; it names them all at once, and never a value. Durations are as Go writes them: ` + "`500ms`, `90s`, `1h30m`" + `.

`

func page(t *testing.T) string {
	t.Helper()
	var text bytes.Buffer
	text.WriteString(intro)
	tables := map[string]func(io.Writer) error{"user-service": userTable, "product-service": productTable, "order-service": orderTable}
	for _, s := range services.All() {
		fmt.Fprintf(&text, "## %s\n\nPrefix `%s_`.\n\n", s.Name, s.Prefix)
		if err := tables[s.Name](&text); err != nil {
			t.Fatal(err)
		}
		text.WriteString("\n")
	}
	text.WriteString("## The fleet on one machine\n\n`make run` knows these besides, and passes on all of the above.\n\n" + fleetTable())
	return text.String()
}

func userTable(w io.Writer) error {
	return user.Service().Run(context.Background(), []string{"config"}, w)
}

func productTable(w io.Writer) error {
	return product.Service().Run(context.Background(), []string{"config"}, w)
}

func orderTable(w io.Writer) error {
	service, err := order.Service()
	if err != nil {
		return err
	}
	return service.Run(context.Background(), []string{"config"}, w)
}

func fleetTable() string {
	text := "| variable | default | meaning |\n|---|---|---|\n"
	row := func(name, usual, meaning string) { text += fmt.Sprintf("| `%s` | %s | %s |\n", name, usual, meaning) }
	row("FLEET_GATEWAY_ADDR", "`127.0.0.1:8080`", "where the gateway listens; port 0 picks a free one, here and below")
	for _, s := range services.All() {
		row(s.Variable(), "`"+s.Address+"`", "where "+s.Name+" listens")
	}
	row("FLEET_KAFKA_ADDR", "`127.0.0.1:9092`", "where the embedded broker listens")
	row("FLEET_MYSQL", "–", "a server to use instead of a private one: `user:password@tcp(host:port)/`, of a user who may create databases and users")
	row("FLEET_REDIS", "–", "a Redis to use instead of a private one: `host:port`")
	row("FLEET_KAFKA", "–", "a cluster to use instead of the embedded broker: `host:port,host:port`")
	return text
}

// TestEveryVariableOfTheFleetIsListed looks for names in the fleet's own code.
func TestEveryVariableOfTheFleetIsListed(t *testing.T) {
	t.Parallel()
	name, listed := regexp.MustCompile(`"(FLEET_[A-Z_]*[A-Z])"`), fleetTable()
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		code, err := os.ReadFile(path)
		for _, found := range name.FindAllSubmatch(code, -1) {
			if !strings.Contains(listed, "`"+string(found[1])+"`") {
				t.Errorf("%s is in %s and not in docs/configuration.md", found[1], path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
