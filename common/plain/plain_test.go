package plain_test

import (
	"testing"

	"github.com/oms-fleet/oms/common/plain"
)

func TestControlCharactersAreNotPlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ line, text bool }{
		"": {true, true}, "1 Main Street": {true, true}, "Weiß 💡 1\u00a02": {true, true}, "a\nb\r\n\tc": {false, true},
		"a\x00b": {}, "a\x1b[31mb": {}, "a\x7fb": {}, "a\u0085b": {},
	} {
		if line, several := plain.Line(text), plain.Text(text); line != want.line || several != want.text {
			t.Errorf("%q: Line %t, Text %t; want %t, %t", text, line, several, want.line, want.text)
		}
	}
}
