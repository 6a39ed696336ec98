package ijson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/oms-fleet/oms/common/ijson"
)

func TestObjectThatNamesAFieldTwiceIsRefused(t *testing.T) {
	t.Parallel()
	for text, twice := range map[string]bool{
		`{}`: false, `{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}`: false, `{"a:b":"c:d\":","\\":":"}`: false, `":"`: false, `[":",{"":""}]`: false,
		`{"a":1,"a":1}`: true, `[{"b":{"a":1,"a":2}}]`: true, `{"a":1,"\u0061":1}`: true, `{"":1,"":2}`: true,
	} {
		if _, err := ijson.Parse([]byte(text)); errors.Is(err, ijson.ErrTwice) != twice || (err != nil) != twice {
			t.Errorf("Parse(%s) = %v", text, err)
		}
	}
}

func TestHalfACharacterIsRefused(t *testing.T) {
	t.Parallel()
	for text, half := range map[string]bool{
		`"\ud83d\udca1"`: false, `"\\ud83d"`: false, `"\u00e9\n\ud83d\udca1\""`: false, `["\uD83D\uDCA1",{"\ud83d\udca1":1}]`: false,
		`"\ud83d"`: true, `"\udca1"`: true, `"\udca1\ud83d"`: true, `"\ud83d\ud83d\udca1"`: true, `"\ud83dudca1"`: true, `"\ud83d\n"`: true,
		`"\\\ud83d"`: true, `{"\ud800":1,"\ud801":2}`: true, `"\ud83d\u0041"`: true,
	} {
		if _, err := ijson.Parse([]byte(text)); errors.Is(err, ijson.ErrHalf) != half || (err != nil) != half {
			t.Errorf("Parse(%s) = %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":1,"a":2}`, `{"a:b":[":",{"x":"\"\\:"}]}`, `[]`, `"\\"`, `{"a":{"a":{"a":1}}}`, "{\"\xff\":1,\"\xfe\":2}", `{"\ud800":1,"\ud801":2}`, `"\ud83d\udca1\\ud83d"`, `[1e400,{"a":-1e400,"a":1}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, err := ijson.Parse(raw)
		_, syntax := errors.AsType[*json.SyntaxError](err)
		switch {
		case !utf8.Valid(raw):
			if !errors.Is(err, ijson.ErrText) {
				t.Errorf("Parse(%q) = %v, want %v", raw, err, ijson.ErrText)
			}
		case !json.Valid(raw):
			if !syntax {
				t.Errorf("Parse(%q) = %v, want a syntax error", raw, err)
			}
		case halves(raw):
			if !errors.Is(err, ijson.ErrHalf) {
				t.Errorf("Parse(%q) = %v, want %v", raw, err, ijson.ErrHalf)
			}
		case repeats(t, raw):
			if !errors.Is(err, ijson.ErrTwice) {
				t.Errorf("Parse(%q) = %v, want %v", raw, err, ijson.ErrTwice)
			}
		case err != nil:
			t.Errorf("Parse(%q) = %v", raw, err)
		}
	})
}

// halves looks for what is left of surrogates without the pairs.
func halves(raw []byte) bool {
	text := strings.ReplaceAll(string(raw), `\\`, "x")
	text = regexp.MustCompile(`\\u[dD][89abAB][[:xdigit:]]{2}\\u[dD][c-fC-F][[:xdigit:]]{2}`).ReplaceAllString(text, "x")
	return regexp.MustCompile(`\\u[dD][89a-fA-F]`).MatchString(text)
}

// repeats looks for a repeated name token by token.
func repeats(t *testing.T, raw []byte) bool {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value func() bool
	value = func() (found bool) {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return false
		}
		if err != nil {
			t.Fatal(err)
		}
		names := map[json.Token]bool{}
		for delimiter, open := token.(json.Delim); open && decoder.More(); {
			if delimiter == '{' {
				name, err := decoder.Token()
				if err != nil {
					t.Fatal(err)
				}
				found = found || names[name]
				names[name] = true
			}
			found = value() || found
		}
		if _, open := token.(json.Delim); open {
			if _, err := decoder.Token(); err != nil {
				t.Fatal(err)
			}
		}
		return found
	}
	return value()
}

func BenchmarkParse(b *testing.B) {
	line := `{"id":"0190a6f0-7b1c-7def-8123-456789abcdef","quantity":3}`
	raw := []byte(`{"products":[` + line + strings.Repeat(","+line, 4) + `],"address":"1 Main Street","fulfilment":"PARTIAL"}`)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := ijson.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}
