package entity

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

const page = "../../../docs/lifecycle.md"

// TestLifecyclePageIsTrue holds the page of the documentation against the code.
func TestLifecyclePageIsTrue(t *testing.T) {
	t.Parallel()
	got := lifecyclePage()
	if *update {
		if err := os.WriteFile(page, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatalf("%v; write it by: go test ./internal/entity -update", err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/lifecycle.md (-want +got), rewritten by -update:\n%s", diff)
	}
}

func lifecyclePage() string {
	var page strings.Builder
	write := func(format string, args ...any) { fmt.Fprintf(&page, format+"\n", args...) }
	write("# The life of an order\n")
	write("Made from the code by a test: `go test ./internal/entity -update` in `order-service`. Served at `GET /v1/order-lifecycle`.\n")
	write("```mermaid\nstateDiagram-v2")
	for _, rule := range Lifecycle() {
		write("    %s --> %s: %s", or(rule.From, "[*]"), rule.To, rule.By)
	}
	for _, status := range Statuses() {
		if status.Final() {
			write("    %s --> [*]", status)
		}
	}
	write("```\n")
	write("| from | to | by | what happens |\n|---|---|---|---|")
	for _, rule := range Lifecycle() {
		write("| `%s` | `%s` | %s | %s |", or(rule.From, "–"), rule.To, rule.By, rule.Then)
	}
	write("\nNothing else is allowed: a person who tries gets 409 `ILLEGAL_STATUS`, a message that comes too late changes nothing and is")
	write("counted (`order_late_answers_total`). Every step adds a row to the order's history in the same transaction.\n")
	write("## Why an order was cancelled\n\n| reason | meaning |\n|---|---|")
	for _, e := range Reasons() {
		write("| `%s` | %s |", e.Reason, e.Meaning)
	}
	return page.String()
}

// or returns the status, or what to write where there is none.
func or(s Status, none string) string { return cmp.Or(string(s), none) }

func TestEveryStatusIsReachedAndEveryReasonExplainedOnce(t *testing.T) {
	t.Parallel()
	for _, status := range Statuses() {
		reached := false
		for _, rule := range Lifecycle() {
			reached = reached || rule.To == status
		}
		if !reached {
			t.Errorf("no step leads to %s", status)
		}
	}
	seen := map[Reason]bool{}
	for _, e := range Reasons() {
		if seen[e.Reason] || e.Meaning == "" {
			t.Errorf("%s is explained twice or not at all", e.Reason)
		}
		seen[e.Reason] = true
	}
}
