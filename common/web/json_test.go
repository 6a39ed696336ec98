package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestObjectThatNamesAFieldTwiceIsRefused(t *testing.T) {
	t.Parallel()
	for text, twice := range map[string]bool{
		`{}`: false, `{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}`: false, `{"a:b":"c:d\":","\\":":"}`: false, `":"`: false, `[":",{"":""}]`: false,
		`{"a":1,"a":1}`: true, `[{"b":{"a":1,"a":2}}]`: true, `{"a":1,"\u0061":1}`: true, `{"":1,"":2}`: true,
	} {
		var got any
		if err := unmarshal([]byte(text), &got); errors.Is(err, errTwice) != twice || (err != nil) != twice {
			t.Errorf("unmarshal(%s) = %v", text, err)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{`{"a":1,"a":2}`, `{"a:b":[":",{"x":"\"\\:"}]}`, `[]`, `"\\"`, `{"a":{"a":{"a":1}}}`, "{\"\xff\":1,\"\xfe\":2}", `{"\ud800":1,"\ud801":2}`, `[1e400,{"a":-1e400,"a":1}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var got any
		err := unmarshal(raw, &got)
		valid := json.Valid(raw) && utf8.Valid(raw)
		if (err == nil || errors.Is(err, errTwice)) != valid {
			t.Errorf("unmarshal(%q) = %v, and valid is %t", raw, err, valid)
		}
		if valid && errors.Is(err, errTwice) != repeats(t, raw) {
			t.Errorf("unmarshal(%q) = %v, and repeats is %t", raw, err, repeats(t, raw))
		}
	})
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

func BenchmarkUnmarshal(b *testing.B) {
	line := `{"id":"0190a6f0-7b1c-7def-8123-456789abcdef","quantity":3}`
	raw := []byte(`{"products":[` + line + strings.Repeat(","+line, 4) + `],"address":"1 Main Street","fulfilment":"PARTIAL"}`)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		var to any
		if err := unmarshal(raw, &to); err != nil {
			b.Fatal(err)
		}
	}
}
