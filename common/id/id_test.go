package id_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/id"
)

const text = "0190a6f0-7b1c-7def-8123-456789abcdef"

func TestFreshIDsAscendAndTellTheirTime(t *testing.T) {
	t.Parallel()
	before := time.Now().Truncate(time.Millisecond)
	last := fresh(t)
	for range 10_000 {
		next := fresh(t)
		if bytes.Compare(next[:], last[:]) <= 0 {
			t.Fatalf("%s came after %s", next, last)
		}
		last = next
	}
	// The clock part may run ahead by a little: ids made in one go borrow from
	// the next millisecond.
	if at := last.Time(); at.Before(before) || at.After(time.Now().Add(time.Second)) {
		t.Errorf("Time() = %s, want about %s", at, before)
	}
	if zone := last.Time().Location(); zone != time.UTC {
		t.Errorf("Time() is in %s, want UTC", zone)
	}
}

func TestIDsMadeAtOnceDiffer(t *testing.T) {
	t.Parallel()
	const makers, each = 8, 2_000
	made := make([][]id.ID, makers)
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() {
			for range each {
				made[i] = append(made[i], fresh(t))
			}
		})
	}
	all.Wait()
	distinct := map[id.ID]bool{}
	for _, some := range made {
		if !slices.IsSortedFunc(some, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) }) {
			t.Error("the ids of one maker do not ascend")
		}
		for _, one := range some {
			distinct[one] = true
		}
	}
	if len(distinct) != makers*each {
		t.Errorf("%d distinct ids, want %d", len(distinct), makers*each)
	}
}

func TestTimeIsTheFirst48Bits(t *testing.T) {
	t.Parallel()
	want := time.UnixMilli(0x0190a6f07b1c).UTC()
	if got := parse(t, text).Time(); !got.Equal(want) {
		t.Errorf("Time of %s = %s, want %s", text, got, want)
	}
}

func TestTextComesBackAsItWent(t *testing.T) {
	t.Parallel()
	if got := parse(t, text).String(); got != text {
		t.Errorf("String() = %s, want %s", got, text)
	}
	if got := parse(t, strings.ToUpper(text)).String(); got != text {
		t.Errorf("upper case comes back as %s, want %s", got, text)
	}
}

func TestOnlyTheCanonicalFormIsRead(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{
		"", "x", text[1:], text + "0", "{" + text + "}", "urn:uuid:" + text, strings.ReplaceAll(text, "-", ""),
		strings.Replace(text, "-", "0", 1), strings.Replace(text, "0", "g", 1), "0190a6f0-7b1c-7def-8123-456789abcde\x00",
		strings.Repeat("9", 36), strings.Repeat(" ", 36),
	} {
		if got, err := id.Parse(wrong); !errors.Is(err, id.ErrInvalid) || !got.IsZero() {
			t.Errorf("Parse(%q) = %s, %v; want ErrInvalid", wrong, got, err)
		}
	}
}

func TestJSONHoldsTextAndNullLeavesAlone(t *testing.T) {
	t.Parallel()
	var in struct{ A, B id.ID }
	if err := json.Unmarshal([]byte(`{"A":"`+text+`","B":null}`), &in); err != nil {
		t.Fatal(err)
	}
	if in.A != parse(t, text) || !in.B.IsZero() {
		t.Errorf("read %s and %s, want %s and nothing", in.A, in.B, text)
	}
	out, err := json.Marshal(in.A)
	if err != nil || string(out) != `"`+text+`"` {
		t.Errorf("Marshal = %s, %v", out, err)
	}
	for _, wrong := range []string{`"x"`, `7`, `{}`, `["` + text + `"]`} {
		if err := json.Unmarshal([]byte(wrong), &in.A); err == nil {
			t.Errorf("Unmarshal(%s) is accepted", wrong)
		}
	}
	if in.A != parse(t, text) {
		t.Errorf("a failure changed the id to %s", in.A)
	}
}

func TestMySQLGets16BytesAndNullForNothing(t *testing.T) {
	t.Parallel()
	want := parse(t, text)
	value, err := want.Value()
	if raw, ok := value.([]byte); err != nil || !ok || len(raw) != 16 {
		t.Fatalf("Value() = %v, %v; want 16 bytes", value, err)
	}
	var got id.ID
	if err := got.Scan(value); err != nil || got != want {
		t.Errorf("Scan(Value()) = %s, %v; want %s", got, err, want)
	}
	if value, err := (id.ID{}).Value(); value != nil || err != nil {
		t.Errorf("Value() of the zero ID = %v, %v; want NULL", value, err)
	}
	if err := got.Scan(nil); err != nil || !got.IsZero() {
		t.Errorf("Scan(NULL) = %s, %v; want the zero ID", got, err)
	}
	for _, wrong := range []any{[]byte{}, []byte(text), text, int64(7)} {
		if err := got.Scan(wrong); !errors.Is(err, id.ErrInvalid) {
			t.Errorf("Scan(%v) = %v, want ErrInvalid", wrong, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{text, strings.ToUpper(text), "", "{" + text + "}", strings.Repeat("-", 36)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := id.Parse(text)
		if err != nil {
			if !errors.Is(err, id.ErrInvalid) {
				t.Errorf("Parse(%q) fails with %v, want ErrInvalid", text, err)
			}
			return
		}
		if !strings.EqualFold(got.String(), text) {
			t.Errorf("Parse(%q) = %s", text, got)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := id.New(); err != nil {
			b.Fatal(err)
		}
	}
}

func fresh(t *testing.T) id.ID {
	made, err := id.New()
	if err != nil {
		t.Error(err)
	}
	return made
}

func parse(t *testing.T, text string) id.ID {
	t.Helper()
	got, err := id.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
