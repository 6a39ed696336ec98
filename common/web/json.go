package web

import (
	"encoding/json"
	"errors"

	"github.com/danielgtaylor/huma/v2"
)

// wrongType begins the message of a value that does not fit its Go type; its
// place follows.
const wrongType = "json: "

var (
	errTwice = errors.New("an object names a field twice")
	errForm  = errors.New("holds a value of the wrong form")
)

// format reads and writes JSON.
var format = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshal}

// unmarshal reads JSON and refuses objects that name a field twice. Of such huma
// would check the last value alone, while a struct also keeps parts of those
// before: what was never checked would reach the handler. Its failures tell no
// values.
func unmarshal(raw []byte, to any) error {
	if err := json.Unmarshal(raw, to); err != nil {
		if _, ok := errors.AsType[*json.SyntaxError](err); ok {
			return err
		}
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return errors.New(wrongType + wrong.Field)
		}
		return errForm
	}
	if parsed, ok := to.(*any); ok && members(*parsed) != colons(raw) {
		return errTwice
	}
	return nil
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
