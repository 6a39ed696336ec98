package app

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// document is what the test reads of an OpenAPI document.
type document struct {
	Paths map[string]map[string]struct {
		Summary, Description string
		Parameters           []struct{ Name, Description string }
		Responses            map[string]struct{ Description string }
	}
	Components struct {
		Schemas map[string]struct{ Properties map[string]map[string]any }
	}
}

// every lists the routes of product-service as the contract has them, with the
// statuses that a client must reckon with.
func every() map[string]string {
	return map[string]string{
		"get /v1/products":                         "200 401 403 422 503",
		"get /v1/products/{id}":                    "200 304 401 404 503",
		"post /v1/products":                        "201 400 401 403 413 415 422 503",
		"patch /v1/products/{id}":                  "200 400 401 403 404 412 413 415 422 428 503",
		"post /v1/products/{id}/stock-adjustments": "201 400 401 403 404 409 412 422 503",
		"get /v1/products/{id}/stock-adjustments":  "200 401 403 404 422 503",
		"get /v1/products/{id}/prices":             "200 404 422 503",
		"post /v1/products/{id}/prices":            "201 400 401 403 404 412 422 503",
		"put /v1/products/{id}/image":              "200 401 403 404 412 413 415 422 503",
		"get /v1/products/{id}/image":              "200 206 304 404 416 422 503",
		"delete /v1/products/{id}/image":           "204 401 403 404 412 503",
		"post /v1/quotes":                          "201 400 401 403 422 503",
		"get /v1/quotes/{id}":                      "200 401 403 404 503",
		"get /internal/v1/quotes/{id}":             "200 401 403 404 503",
		"get /internal/v1/products":                "200 401 403 422 503",
		"post /v1/product-imports":                 "200 401 403 413 415 422 503",
		"get /v1/reservations/{orderId}":           "200 401 403 404 503",
	}
}

func TestDocumentIsComplete(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	var d document
	if err := json.Unmarshal([]byte(s.Must(t, http.StatusOK, nobody, get, "/openapi.json", "").Raw), &d); err != nil {
		t.Fatal(err)
	}
	want := every()
	for path, operations := range d.Paths {
		for method, op := range operations {
			route := method + " " + path
			statuses, known := want[route]
			if delete(want, route); !known {
				t.Errorf("%s is no route of the contract", route)
			}
			if op.Summary == "" || op.Description == "" {
				t.Errorf("%s lacks a summary or a description", route)
			}
			for _, parameter := range op.Parameters {
				if parameter.Description == "" {
					t.Errorf("%s does not describe %s", route, parameter.Name)
				}
			}
			for status := range strings.FieldsSeq(statuses) {
				if op.Responses[status].Description == "" {
					t.Errorf("%s does not tell of %s", route, status)
				}
			}
		}
	}
	for _, route := range slices.Sorted(maps.Keys(want)) {
		t.Errorf("%s is missing", route)
	}
	d.hasExamples(t)
}

// hasExamples fails for a field of which the reader is not shown what it looks
// like.
func (d *document) hasExamples(t *testing.T) {
	t.Helper()
	for name, schema := range d.Components.Schemas {
		for field, is := range schema.Properties {
			shown := slices.ContainsFunc([]string{"example", "examples", "$ref", "enum", "format", "items"}, func(key string) bool { return is[key] != nil })
			if !shown {
				t.Errorf("%s.%s has no example", name, field)
			}
		}
	}
}
