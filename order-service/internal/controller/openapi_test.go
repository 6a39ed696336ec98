package controller_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// object is JSON as it comes.
type object = map[string]any

// TestRoutesAreDescribed holds what /openapi.json says of each route against
// testdata: who may ask, what goes in, what comes back.
func TestRoutesAreDescribed(t *testing.T) {
	t.Parallel()
	s := open(t)
	document := s.Must(t, http.StatusOK, nobody, "GET", "/openapi.json", "").Body
	var lines []string
	for path, ways := range document["paths"].(object) {
		for method, way := range ways.(object) {
			lines = append(lines, describe(method, path, way.(object)))
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "")
	const golden = "testdata/routes.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v; write it by: go test ./internal/controller -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), rewritten by -update:\n%s", golden, diff)
	}
}

func describe(method, path string, way object) string {
	token := "no token"
	if _, there := way["security"]; there {
		token = "a token"
	}
	text := fmt.Sprintf("%s %s: %v, with %s\n", path, strings.ToUpper(method), way["summary"], token)
	parameters, _ := way["parameters"].([]any)
	for _, p := range parameters {
		text += fmt.Sprintf("    %s %s\n", p.(object)["in"], p.(object)["name"])
	}
	if body, ok := way["requestBody"].(object); ok {
		text += fmt.Sprintf("    body %s\n", strings.Join(kinds(body), ", "))
	}
	responses := way["responses"].(object)
	for _, status := range slices.Sorted(maps.Keys(responses)) {
		if status >= "400" && status != "409" { // the others are package web's
			continue
		}
		text += fmt.Sprintf("    -> %s %s\n", status, strings.Join(kinds(responses[status].(object)), ", "))
	}
	return text
}

// kinds lists the media types of a body.
func kinds(body object) []string {
	content, _ := body["content"].(object)
	return slices.Sorted(maps.Keys(content))
}

// TestEveryFieldHasAnExample looks for fields that the documentation would show
// as "string" or 0. Fields of a few values show these, and times their format.
func TestEveryFieldHasAnExample(t *testing.T) {
	t.Parallel()
	s := open(t)
	document := s.Must(t, http.StatusOK, nobody, "GET", "/openapi.json", "").Body
	for name, schema := range document["components"].(object)["schemas"].(object) {
		if name == "Problem" { // package web's
			continue
		}
		properties, _ := schema.(object)["properties"].(object)
		for field, property := range properties {
			p := property.(object)
			plain := p["examples"] == nil && p["enum"] == nil && p["format"] == nil && p["$ref"] == nil && p["items"] == nil
			if plain && field != "nextCursor" {
				t.Errorf("%s.%s has no example: %v", name, field, p)
			}
		}
	}
}
