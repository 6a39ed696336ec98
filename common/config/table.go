package config

import (
	"fmt"
	"io"
	"reflect"
)

// Table writes the settings of cfg, a pointer to a struct, as a Markdown table:
// the documentation is made from the code.
func Table(w io.Writer, cfg any) error {
	if _, err := fmt.Fprint(w, "| variable | what | default | meaning |\n|---|---|---|---|\n"); err != nil {
		return err
	}
	for _, s := range settings(reflect.ValueOf(cfg).Elem()) {
		fallback := "–"
		if text, ok := s.field.Tag.Lookup("default"); ok {
			fallback = "`" + text + "`"
		}
		if s.field.Tag.Get("required") == "true" {
			fallback = "required"
		}
		if _, err := fmt.Fprintf(w, "| `%s` | %s | %s | %s |\n", s.name(), s.kind(), fallback, s.field.Tag.Get("desc")); err != nil {
			return err
		}
	}
	return nil
}
