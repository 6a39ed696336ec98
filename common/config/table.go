package config

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Table writes the settings of cfg, a pointer to a struct, as a Markdown table:
// the documentation is made from the code.
func Table(w io.Writer, cfg any) error {
	text := "| variable | what | default | meaning |\n|---|---|---|---|\n"
	for _, s := range settings(reflect.ValueOf(cfg).Elem()) {
		text += fmt.Sprintf("| `%s` | %s | %s | %s |\n", s.name(), cell(s.what()), cell(s.fallback()), cell(s.field.Tag.Get("desc")))
	}
	_, err := io.WriteString(w, text)
	return err
}

// fallback tells what holds when the variable is not set.
func (s setting) fallback() string {
	if s.field.Tag.Get("required") == "true" {
		return "required"
	}
	if text, ok := s.field.Tag.Lookup("default"); ok {
		return "`" + text + "`"
	}
	return "–"
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
