// Package ijson reads I-JSON (RFC 7493): the JSON that every reader understands
// alike. Go's own reader keeps the last of two fields of one name and replaces
// what is no text, both without a word.
package ijson

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// What Parse refuses of JSON that is well-formed.
var (
	ErrTwice = errors.New("an object names a field twice")
	ErrText  = errors.New("is not UTF-8")
	ErrHalf  = errors.New("escapes half of a character")
)

// Parse reads one document as encoding/json reads it into an any, with numbers
// that no float64 holds as infinite. Failures are [ErrTwice], [ErrText], [ErrHalf]
// or a [json.SyntaxError]; none tells a value.
func Parse(raw []byte) (any, error) {
	if !utf8.Valid(raw) {
		return nil, ErrText
	}
	var value any
	err := json.Unmarshal(raw, &value)
	if _, huge := errors.AsType[*json.UnmarshalTypeError](err); huge { // of an any it can be nothing else
		value, err = parseHuge(raw)
	}
	switch {
	case err != nil:
		return nil, err
	case halved(raw): // first: what is replaced may also be alike
		return nil, ErrHalf
	case members(value) != colons(raw):
		return nil, ErrTwice
	}
	return value, nil
}

func parseHuge(raw []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return floats(value), nil
}

// floats replaces all numbers in a value, in place where it can.
func floats(value any) any {
	switch value := value.(type) {
	case json.Number:
		f, _ := value.Float64() // infinite with an error that says so
		return f
	case map[string]any:
		for name, member := range value {
			value[name] = floats(member)
		}
	case []any:
		for i, item := range value {
			value[i] = floats(item)
		}
	}
	return value
}

// members counts the members of all objects in a value.
func members(value any) (n int) {
	switch value := value.(type) {
	case map[string]any:
		n = len(value)
		for _, member := range value {
			n += members(member)
		}
	case []any:
		for _, item := range value {
			n += members(item)
		}
	}
	return n
}

// colons counts the members that a text of valid JSON writes down: each has one
// colon outside of strings.
func colons(raw []byte) (n int) {
	text := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			text = !text
		case c == '\\' && text:
			i++ // whatever is escaped
		case c == ':' && !text:
			n++
		}
	}
	return n
}
