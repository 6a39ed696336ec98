// Package config reads a service's settings from the environment with envconfig
// and adds what envconfig lacks: every mistake is told at once, by the name of
// its variable and never with its value; an empty variable is a mistake and not
// a silent zero; numbers are decimal; limits are checked.
//
// A setting is a field with the tags
//
//	envconfig:"DB_DSN"     its name; PREFIX_DB_DSN wins over DB_DSN
//	default:"…"            its value when the variable is not set
//	required:"true"        must be set
//	min:"1" max:"10"       limits of a number or a duration
//	oneof:"text json"      the values a string may have
//	desc:"…"               what it means, for the documentation
//
// Structs nest; their fields are settings of the same name space.
package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"
)

// Load fills cfg, a pointer to a struct, from the environment. Its error lists
// every mistake, one a line. prefix, such as "ORDER", lets several services
// share one environment.
func Load(prefix string, cfg any) error {
	var mistakes []error
	for _, s := range settings(reflect.ValueOf(cfg).Elem()) {
		if err := s.load(prefix); err != nil {
			mistakes = append(mistakes, err)
		}
	}
	if len(mistakes) > 0 {
		return errors.Join(mistakes...)
	}
	return nil
}

// setting is one field of a configuration.
type setting struct {
	field reflect.StructField
	value reflect.Value
}

// settings lists the fields of v and of the structs in it, in their order.
func settings(v reflect.Value) []setting {
	var found []setting
	for i := range v.NumField() {
		field := v.Type().Field(i)
		switch {
		case field.Tag.Get("envconfig") != "":
			found = append(found, setting{field: field, value: v.Field(i)})
		case field.Type.Kind() == reflect.Struct:
			found = append(found, settings(v.Field(i))...)
		}
	}
	return found
}

func (s setting) name() string { return s.field.Tag.Get("envconfig") }

// load reads one setting. envconfig gets a struct with this field alone, so that
// one mistake does not hide the next.
func (s setting) load(prefix string) error {
	text, name := lookup(prefix, s.name())
	if name != "" && strings.TrimSpace(text) == "" {
		return fmt.Errorf("%s is set but empty", name)
	}
	if name != "" && s.isNumber() && octal(text) {
		return fmt.Errorf("%s has a leading zero", name)
	}
	alone := reflect.New(reflect.StructOf([]reflect.StructField{s.bare()}))
	if err := envconfig.Process(prefix, alone.Interface()); err != nil {
		if _, ok := errors.AsType[*envconfig.ParseError](err); ok {
			return fmt.Errorf("%s is not a %s", name, s.kind())
		}
		return fmt.Errorf("%s is required", s.name())
	}
	s.value.Set(alone.Elem().Field(0))
	return s.check()
}

// bare is the field without its package path, which reflect.StructOf refuses
// for exported names.
func (s setting) bare() reflect.StructField {
	return reflect.StructField{Name: s.field.Name, Type: s.field.Type, Tag: s.field.Tag}
}

// lookup returns the text of a variable and the name under which it was found.
func lookup(prefix, key string) (text, name string) {
	for _, name := range []string{prefix + "_" + key, key} {
		if text, ok := os.LookupEnv(name); ok {
			return text, name
		}
	}
	return "", ""
}

func (s setting) isNumber() bool {
	return s.value.CanInt() && s.field.Type != reflect.TypeFor[time.Duration]()
}

func octal(text string) bool {
	digits := strings.TrimLeft(text, "+-")
	return len(digits) > 1 && digits[0] == '0'
}

// kind names the setting's type for people.
func (s setting) kind() string {
	switch {
	case s.field.Type == reflect.TypeFor[time.Duration]():
		return "duration (such as 1m30s)"
	case s.isNumber():
		return "whole number"
	case s.value.Kind() == reflect.Bool:
		return "boolean (true or false)"
	case s.field.Type == reflect.TypeFor[Secret]():
		return "secret"
	case s.value.Kind() == reflect.Slice:
		return "list (a,b,c)"
	default:
		return "text"
	}
}

// check holds the value against the limits of the tags.
func (s setting) check() error {
	if s.value.CanInt() {
		if limit, ok := s.limit("min"); ok && s.value.Int() < limit {
			return fmt.Errorf("%s is below %s", s.name(), s.field.Tag.Get("min"))
		}
		if limit, ok := s.limit("max"); ok && s.value.Int() > limit {
			return fmt.Errorf("%s is above %s", s.name(), s.field.Tag.Get("max"))
		}
	}
	if choices := strings.Fields(s.field.Tag.Get("oneof")); len(choices) > 0 && !slices.Contains(choices, s.value.String()) {
		return fmt.Errorf("%s is none of %s", s.name(), strings.Join(choices, ", "))
	}
	if items, ok := s.value.Interface().([]string); ok {
		for i, item := range items {
			items[i] = strings.TrimSpace(item)
		}
	}
	return nil
}

// limit reads the tag as a number or a duration.
func (s setting) limit(tag string) (int64, bool) {
	text := s.field.Tag.Get(tag)
	if d, err := time.ParseDuration(text); err == nil {
		return int64(d), true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}
