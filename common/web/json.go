package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// wrongType begins the message of a value that does not fit its Go type; its
// place follows.
const wrongType = "json: "

var (
	errTwice = errors.New("an object names a field twice")
	errForm  = errors.New("holds a value of the wrong form")
	errText  = errors.New("is not UTF-8")
)

// format reads and writes JSON.
var format = huma.Format{Marshal: marshal, Unmarshal: unmarshal}

// Appender is an answer that is asked for so often that it writes its JSON by
// itself: reflection takes six times as long (measured).
type Appender interface {
	AppendJSON(to []byte) ([]byte, error)
}

// usualAnswer is enough for a product, in bytes.
const usualAnswer = 1024

// marshal writes an answer and a line feed.
func marshal(w io.Writer, v any) error {
	a, ok := v.(Appender)
	if !ok {
		return huma.DefaultJSONFormat.Marshal(w, v)
	}
	raw, err := a.AppendJSON(make([]byte, 0, usualAnswer))
	if err != nil {
		return err
	}
	_, err = w.Write(append(raw, '\n'))
	return err
}

// appendJSON appends any value as marshal writes it.
func appendJSON(to []byte, v any) ([]byte, error) {
	if a, ok := v.(Appender); ok {
		return a.AppendJSON(to)
	}
	var plain bytes.Buffer
	if err := huma.DefaultJSONFormat.Marshal(&plain, v); err != nil {
		return nil, err
	}
	return append(to, bytes.TrimSuffix(plain.Bytes(), []byte("\n"))...), nil
}

// AppendText appends text as a JSON string.
func AppendText(to []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := appendJSON(to, text)
			if err != nil { // there is no text that cannot be written
				return append(to, `""`...)
			}
			return quoted
		}
	}
	return append(append(append(to, '"'), text...), '"')
}

// AppendNullable appends text as a JSON string, or null.
func AppendNullable(to []byte, text *string) []byte {
	if text == nil {
		return append(to, "null"...)
	}
	return AppendText(to, *text)
}

// unmarshal reads JSON and refuses objects that name a field twice. Of such huma
// would check the last value alone, while a struct also keeps parts of those
// before: what was never checked would reach the handler. Nor does it take bytes
// that are no text, which Go would replace without a word. Its failures tell no
// values.
func unmarshal(raw []byte, to any) error {
	parsed, first := to.(*any) // huma reads twice: to check, and into the struct
	if first && !utf8.Valid(raw) {
		return errText
	}
	err := json.Unmarshal(raw, to)
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	if first && mistyped { // of *any it can only be a number that no float64 holds
		err = unmarshalHuge(raw, parsed)
	}
	switch _, syntax := errors.AsType[*json.SyntaxError](err); {
	case err == nil:
	case syntax:
		return err
	case mistyped:
		return errors.New(wrongType + wrong.Field)
	default:
		return errForm
	}
	if first && members(*parsed) != colons(raw) {
		return errTwice
	}
	return nil
}

// unmarshalHuge reads JSON with numbers beyond float64 as infinite: the text is
// readable, and the schema tells where they are too large.
func unmarshalHuge(raw []byte, to *any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(to); err != nil {
		return err
	}
	*to = floats(*to)
	return nil
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
