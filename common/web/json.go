package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/ijson"
)

// wrongType begins the message of a value that does not fit its Go type; its
// place follows.
const wrongType = "json: "

var errForm = errors.New("holds a value of the wrong form")

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

// unmarshal reads I-JSON. Huma reads a body twice, first into an any to check it:
// what only the second reading kept would never be checked. Failures tell no
// values.
func unmarshal(raw []byte, to any) error {
	if parsed, first := to.(*any); first {
		value, err := ijson.Parse(raw)
		*parsed = value
		return err
	}
	err := json.Unmarshal(raw, to)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return errors.New(wrongType + wrong.Field)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return syntax
	}
	return errForm
}
