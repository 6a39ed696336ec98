package web

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const schemas = "#/components/schemas/"

// allowNull lets pointers be null that huma has forgotten to be pointers: those
// to types that bring their own schema, such as ids and amounts. What may be
// left out may be null anyway.
func allowNull(registry huma.Registry) {
	for name, schema := range registry.Map() {
		t := registry.TypeFromRef(schemas + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, field := range reflect.VisibleFields(t) {
			tag, omit, _ := strings.Cut(field.Tag.Get("json"), ",")
			property := schema.Properties[tag]
			if field.Type.Kind() == reflect.Pointer && omit == "" && property != nil && property.Type != "" && property.Type != huma.TypeObject {
				property.Nullable = true
			}
		}
	}
}
