package web_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/web"
)

var update = flag.Bool("update", false, "rewrite golden files")

const errorsIntro = `# Errors

Every failure is told as ` + "`application/problem+json`" + ` (RFC 9457). ` + "`code`" + ` is for programs: it never changes its meaning. ` + "`detail`" + ` is for people.
` + "`errors`" + ` lists every mistake of the input at once, each with its place, such as ` + "`body.products[1].quantity`" + `. ` + "`traceId`" + ` finds the request in our logs.

This page is made from the code: ` + "`go test ./common/web -update`" + `.

| code | status | meaning |
|---|---|---|
`

func TestEveryErrorIsDocumented(t *testing.T) {
	t.Parallel()
	got := errorsIntro
	for _, e := range fault.Catalogue() {
		got += fmt.Sprintf("| `%s` | %d | %s |\n", e.Code, web.StatusOf(e.Kind), e.Meaning)
	}
	golden(t, "../../docs/errors.md", got)
}

// golden holds text against a file that others rely on.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil { //nolint:gosec // for all to read
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
	}
}

func TestCatalogueIsInTheOrderOfItsStatuses(t *testing.T) {
	t.Parallel()
	if !slices.IsSortedFunc(fault.Catalogue(), func(a, b fault.Entry) int { return cmp.Compare(web.StatusOf(a.Kind), web.StatusOf(b.Kind)) }) {
		t.Error("the catalogue is not in the order of its statuses")
	}
}

func TestKindsHaveStatusesOfTheirOwn(t *testing.T) {
	t.Parallel()
	kinds := map[int]fault.Kind{}
	for _, e := range fault.Catalogue() {
		status := web.StatusOf(e.Kind)
		if other, ok := kinds[status]; ok && other != e.Kind {
			t.Errorf("kinds %d and %d are both %d", other, e.Kind, status)
		}
		kinds[status] = e.Kind
	}
	if got := web.StatusOf(fault.Kind(99)); got != 500 {
		t.Errorf("an unknown kind is %d, want 500", got)
	}
}
