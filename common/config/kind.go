package config

import (
	"cmp"
	"encoding"
	"reflect"
	"strings"
	"time"
)

// isWhole reports whether the setting is a plain whole number: not a duration,
// and no type that reads its own text, such as slog.Level.
func (s setting) isWhole() bool {
	return (s.value.CanInt() || s.value.CanUint()) && s.field.Type != reflect.TypeFor[time.Duration]() && !s.readsItself()
}

func (s setting) readsItself() bool {
	return reflect.PointerTo(s.field.Type).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// kind names the setting's type for people, with its article.
func (s setting) kind() string {
	switch kind := s.value.Kind(); {
	case s.field.Type == reflect.TypeFor[time.Duration]():
		return "a duration (such as 1m30s)"
	case s.field.Type == reflect.TypeFor[Secret]():
		return "a secret"
	case s.readsItself():
		return withArticle(cmp.Or(strings.ToLower(s.field.Type.Name()), "value"))
	case s.isWhole():
		return "a whole number"
	case kind == reflect.Float64 || kind == reflect.Float32:
		return "a number"
	case kind == reflect.Bool:
		return "a boolean (true or false)"
	case kind == reflect.Slice:
		return "a list (a,b,c)"
	default:
		return "a text"
	}
}

func withArticle(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}

// what tells the setting's type and limits, for the documentation.
func (s setting) what() string {
	if choices := s.choices(); len(choices) > 0 {
		return "`" + strings.Join(choices, "`, `") + "`"
	}
	_, text, _ := strings.Cut(s.kind(), " ")
	least, most := s.field.Tag.Get("min"), s.field.Tag.Get("max")
	switch {
	case least != "" && most != "":
		return text + ", " + least + " to " + most
	case least != "":
		return text + ", at least " + least
	case most != "":
		return text + ", at most " + most
	}
	return text
}
