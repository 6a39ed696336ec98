package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strconv"
	"strings"
)

// source is a setting's text and where it was found, or where it is missed.
type source struct {
	text string
	name string // the variable
	set  bool
	file bool // the variable names a file that holds the text
}

// lookup finds the text of a setting: the variable with the prefix wins over the
// one without. Each may be given as NAME_FILE instead.
func lookup(prefix, key string) (source, error) {
	if prefix != "" {
		if found, err := variable(prefix + "_" + key); found.set || err != nil {
			return found, err
		}
	}
	return variable(key)
}

// variable reads NAME, or the file that NAME_FILE names, without the line end
// that editors leave at its end.
func variable(name string) (source, error) {
	text, set := os.LookupEnv(name)
	path, inFile := os.LookupEnv(name + "_FILE")
	switch {
	case set && inFile:
		return source{}, fmt.Errorf("%s and %s_FILE are both set", name, name)
	case !inFile:
		return source{text: text, name: name, set: set}, nil
	}
	raw, err := os.ReadFile(path) // #nosec G304 -- whoever sets the environment says which file
	if err != nil {
		if broken, ok := errors.AsType[*fs.PathError](err); ok {
			err = broken.Err
		}
		return source{}, fmt.Errorf("%s_FILE names %q: %w", name, path, err)
	}
	return source{text: strings.TrimRight(string(raw), "\r\n"), name: name + "_FILE", set: true, file: true}, nil
}

// alone makes a struct of one field for envconfig, which reads nothing but the
// environment. A text from a file comes in as the default of a variable that
// cannot be set: "=" is no name.
func (s setting) alone(found source) reflect.Value {
	tag := s.field.Tag
	if found.file {
		tag = reflect.StructTag(`envconfig:"=" default:` + strconv.Quote(found.text))
	}
	field := reflect.StructField{Name: s.field.Name, Type: s.field.Type, Tag: tag} // without the package path, which StructOf refuses
	return reflect.New(reflect.StructOf([]reflect.StructField{field}))
}
