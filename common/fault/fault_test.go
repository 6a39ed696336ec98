package fault_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
)

func TestEveryCodeIsInTheCatalogueOnce(t *testing.T) {
	t.Parallel()
	listed := map[fault.Code]int{}
	for _, e := range fault.Catalogue() {
		listed[e.Code]++
	}
	declared := declaredCodes(t)
	if len(declared) != len(listed) {
		t.Errorf("%d codes are declared, %d are in the catalogue", len(declared), len(listed))
	}
	for _, code := range declared {
		if listed[code] != 1 {
			t.Errorf("%s is in the catalogue %d times, want once", code, listed[code])
		}
	}
}

// declaredCodes reads the constants of code.go: a program cannot list its own.
func declaredCodes(t *testing.T) (codes []fault.Code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for _, value := range spec.Values {
			literal, ok := value.(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s is no literal", spec.Names[0])
			}
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, fault.Code(text))
		}
		return false
	})
	return codes
}

func TestCatalogueEntriesAreComplete(t *testing.T) {
	t.Parallel()
	name, sentence := regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`), regexp.MustCompile("^[A-Z`].*[.]$")
	for _, e := range fault.Catalogue() {
		if !name.MatchString(string(e.Code)) {
			t.Errorf("%s is not in upper snake case", e.Code)
		}
		if !sentence.MatchString(e.Meaning) {
			t.Errorf("the meaning of %s is no sentence: %q", e.Code, e.Meaning)
		}
		if (e.Kind == fault.Internal) != (e.Code == fault.CodeInternal) {
			t.Errorf("%s has kind %d; only INTERNAL is our own fault", e.Code, e.Kind)
		}
		if got := fault.New(e.Code, "x"); got.Kind != e.Kind || got.Code != e.Code {
			t.Errorf("New(%s) = kind %d, code %s; want kind %d", e.Code, got.Kind, got.Code, e.Kind)
		}
	}
}

func TestCodeThatNobodyKnowsIsInternal(t *testing.T) {
	t.Parallel()
	if got := fault.Code("NO_SUCH").Kind(); got != fault.Internal {
		t.Errorf("kind of NO_SUCH = %d, want Internal", got)
	}
}

func TestHelpersGiveTheirKindAndCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		kind fault.Kind
		code fault.Code
	}{
		{fault.NotFoundf("order %d not found", 7), fault.NotFound, fault.CodeNotFound},
		{fault.Invalidf("no"), fault.Invalid, fault.CodeInvalidRequest},
		{fault.InvalidAt("body.x", "is odd"), fault.Invalid, fault.CodeInvalidRequest},
		{fault.Unavailablef(io.EOF, "away"), fault.Unavailable, fault.CodeUnavailable},
		{fault.New(fault.CodeOverloaded, "full"), fault.Unavailable, fault.CodeOverloaded},
		{fmt.Errorf("ship order: %w", fault.New(fault.CodeIllegalStatus, "no")), fault.Conflict, fault.CodeIllegalStatus},
		{errors.Join(io.EOF, fault.NotFoundf("gone")), fault.NotFound, fault.CodeNotFound},
		{io.EOF, fault.Internal, fault.CodeInternal},
		{nil, fault.Internal, fault.CodeInternal},
	} {
		if kind, code := fault.KindOf(c.err), fault.CodeOf(c.err); kind != c.kind || code != c.code {
			t.Errorf("%v is of kind %d and code %s, want %d and %s", c.err, kind, code, c.kind, c.code)
		}
	}
}

func TestNoViolationsAreNoError(t *testing.T) {
	t.Parallel()
	if err := fault.InvalidAll().Err(); err != nil {
		t.Errorf("InvalidAll().Err() = %v, want nil", err)
	}
}

func TestAllViolationsAreKept(t *testing.T) {
	t.Parallel()
	want := []fault.Violation{{Location: "body.a", Message: "is odd"}, {Location: "body.b[1]", Message: "is late"}}
	err := fault.InvalidAll(want...).Err()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("InvalidAll = %T, want a *fault.Error", err)
	}
	if diff := cmp.Diff(want, f.Violations); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
	const text = "INVALID_REQUEST: The request does not keep the rules. [body.a: is odd] [body.b[1]: is late]"
	if err.Error() != text {
		t.Errorf("Error() = %q, want %q", err, text)
	}
}

func TestCauseIsForLogsAndForErrorsIs(t *testing.T) {
	t.Parallel()
	err := fault.NotFoundf("no such order").Because(io.ErrUnexpectedEOF)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("errors.Is(%v, cause) = false", err)
	}
	if got, want := err.Error(), "NOT_FOUND: no such order: unexpected EOF"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if got, want := err.Message, "no such order"; got != want {
		t.Errorf("Message = %q, want %q: it is shown to anyone", got, want)
	}
}

func TestOnlyWhatIsUnavailableIsTemporary(t *testing.T) {
	t.Parallel()
	for _, e := range fault.Catalogue() {
		if got, want := fault.New(e.Code, "x").Temporary(), e.Kind == fault.Unavailable; got != want {
			t.Errorf("%s: Temporary() = %t, want %t", e.Code, got, want)
		}
	}
	away := fault.Unavailablef(io.EOF, "away")
	if away.RetryAfter != time.Second {
		t.Errorf("Unavailablef asks to come back after %s, want 1s", away.RetryAfter)
	}
	if got := away.After(time.Minute).RetryAfter; got != time.Minute {
		t.Errorf("After(1m) = %s", got)
	}
}
