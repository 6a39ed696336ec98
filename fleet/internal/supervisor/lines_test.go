package supervisor

import (
	"strings"
	"testing"
)

func TestLinesPassWholeAndLabelled(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	l := &lines{out: &out, label: "lamp"}
	for _, piece := range []string{"one\ntw", "o\n", "\nthr", "ee"} {
		if n, err := l.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Fatalf("Write(%q) = %d, %v", piece, n, err)
		}
	}
	if got, want := out.String(), "lamp | one\nlamp | two\nlamp | \n"; got != want {
		t.Errorf("passed on %q, want %q", got, want)
	}
	if got := l.last(); got != "two" {
		t.Errorf("last line = %q, want two: an empty one says nothing", got)
	}
	l.flush()
	if got := out.String(); !strings.HasSuffix(got, "lamp | three\n") {
		t.Errorf("passed on %q, want the rest at its end", got)
	}
}

func TestLineWithoutEndIsCut(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	l := &lines{out: &out}
	if _, err := l.Write([]byte(strings.Repeat("x", 3*longestLine))); err != nil {
		t.Fatal(err)
	}
	if len(l.pending) >= longestLine || out.Len() < 2*longestLine {
		t.Errorf("holds back %d bytes after passing on %d", len(l.pending), out.Len())
	}
}
