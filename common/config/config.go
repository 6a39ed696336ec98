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
// Structs nest; their fields are settings of the same name space. DB_DSN_FILE
// names a file that holds what DB_DSN would; so with every setting. That is how
// secrets reach a container.
package config

import (
	"errors"
	"fmt"
	"math"
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
		case !field.IsExported():
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
	found, err := lookup(prefix, s.name())
	if err != nil {
		return err
	}
	name := found.name
	if found.set {
		if err := s.readable(name, found.text); err != nil {
			return err
		}
	}
	alone := s.alone(found)
	if err := envconfig.Process(prefix, alone.Interface()); err != nil {
		if _, ok := errors.AsType[*envconfig.ParseError](err); ok {
			return fmt.Errorf("%s is not %s", name, s.kind())
		}
		return fmt.Errorf("%s is required", name)
	}
	s.value.Set(alone.Elem().Field(0))
	if _, ok := s.field.Tag.Lookup("default"); !found.set && !ok {
		return nil // left out: no limit holds
	}
	return s.check(name)
}

// readable refuses what envconfig would read in a way that people do not expect:
// nothing as zero, 010 as eight, 0x10 and 1_0 as numbers at all.
func (s setting) readable(name, text string) error {
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("%s is set but empty", name)
	}
	if !s.isWhole() {
		return nil
	}
	digits := strings.TrimLeft(text, "+-")
	if strings.Trim(digits, "0123456789") != "" {
		return fmt.Errorf("%s is not %s", name, s.kind())
	}
	if len(digits) > 1 && digits[0] == '0' {
		return fmt.Errorf("%s has a leading zero", name)
	}
	return nil
}

// check holds the value against the limits of the tags.
func (s setting) check(name string) error {
	if value, ok := s.whole(); ok {
		if limit, ok := s.limit("min"); ok && value < limit {
			return fmt.Errorf("%s is below %s", name, s.field.Tag.Get("min"))
		}
		if limit, ok := s.limit("max"); ok && value > limit {
			return fmt.Errorf("%s is above %s", name, s.field.Tag.Get("max"))
		}
	}
	if choices := s.choices(); len(choices) > 0 && !slices.Contains(choices, s.value.String()) {
		return fmt.Errorf("%s is none of %s", name, strings.Join(choices, ", "))
	}
	if s.value.Kind() == reflect.Slice && s.field.Type.Elem().Kind() == reflect.String {
		return s.trim(name)
	}
	return nil
}

// trim takes the spaces off the items of a list.
func (s setting) trim(name string) error {
	for i := range s.value.Len() {
		item := s.value.Index(i)
		item.SetString(strings.TrimSpace(item.String()))
		if item.Len() == 0 {
			return fmt.Errorf("%s has an empty item", name)
		}
	}
	return nil
}

func (s setting) choices() []string { return strings.Fields(s.field.Tag.Get("oneof")) }

// whole returns the value of a number or a duration.
func (s setting) whole() (int64, bool) {
	switch {
	case s.value.CanInt():
		return s.value.Int(), true
	case s.value.CanUint():
		return int64(min(s.value.Uint(), math.MaxInt64)), true // #nosec G115 -- bounded
	}
	return 0, false
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
