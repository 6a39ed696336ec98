package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/web"
)

// document is what these tests look at of an OpenAPI document.
type document struct {
	OpenAPI string
	Paths   map[string]map[string]operation
}

type operation struct {
	OperationID string
	Summary     string
	Tags        []string
	Security    []map[string][]string
	Responses   map[string]struct{ Content map[string]any }
}

func TestDocumentIsAsItWas(t *testing.T) {
	t.Parallel()
	got := newShop(t, withThings).ask("GET", "/openapi.json", "")
	if kind := got.Header.Get("Content-Type"); kind != "application/json" {
		t.Errorf("the document is %s", kind)
	}
	var pretty bytes.Buffer
	raw := bytes.Replace(got.raw, []byte(jsonText(web.Version())), []byte(`"1"`), 1) // as the build says
	if err := json.Indent(&pretty, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/openapi.json", pretty.String()+"\n")
}

func TestDocumentDescribesEveryRoute(t *testing.T) {
	t.Parallel()
	var d document
	newShop(t, withThings).ask("GET", "/openapi.json", "").into(t, &d)
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("the document is of version %s, want 3.1", d.OpenAPI)
	}
	var ids []string
	for path, operations := range d.Paths {
		for method, op := range operations {
			ids = append(ids, op.OperationID)
			if op.Summary == "" || !slices.Equal(op.Tags, []string{"things"}) && !slices.Equal(op.Tags, []string{"internal"}) {
				t.Errorf("%s %s has summary %q and tags %v", method, path, op.Summary, op.Tags)
			}
			for status, response := range op.Responses {
				if _, ok := response.Content["application/problem+json"]; ok != (status >= "400") {
					t.Errorf("%s %s: a %s is a problem: %t", method, path, status, ok)
				}
			}
		}
	}
	slices.Sort(ids)
	want := []string{"delete-things-id", "get-internal-things-id", "get-things", "get-things-id", "patch-things-id", "post-things"}
	if !slices.Equal(ids, want) {
		t.Errorf("operations %v, want %v", ids, want)
	}
}

func TestDocumentTellsWhoMayAskAndWhatMayFail(t *testing.T) {
	t.Parallel()
	var d document
	newShop(t, withThings).ask("GET", "/openapi.json", "").into(t, &d)
	for _, c := range []struct {
		path, method string
		security     int // ways to be let in
		failures     []string
	}{
		{"/v1/things", "get", 0, []string{"406", "422", "500", "503"}},
		{"/v1/things", "post", 1, []string{"400", "401", "403", "406", "413", "415", "422", "500", "503"}},
		{"/v1/things/{id}", "get", 2, []string{"401", "404", "406", "422", "500", "503"}},
		{"/v1/things/{id}", "patch", 1, []string{"400", "401", "403", "404", "406", "412", "413", "415", "422", "500", "503"}},
	} {
		op := d.Paths[c.path][c.method]
		var failures []string
		for status := range op.Responses {
			if status >= "400" {
				failures = append(failures, status)
			}
		}
		slices.Sort(failures)
		if len(op.Security) != c.security || !slices.Equal(failures, c.failures) {
			t.Errorf("%s %s: security %v, failures %v; want %d ways and %v", c.method, c.path, op.Security, failures, c.security, c.failures)
		}
	}
}

func TestDocumentRefersOnlyToWhatItHolds(t *testing.T) {
	t.Parallel()
	raw := newShop(t, withThings).ask("GET", "/openapi.json", "").raw
	var d struct {
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	references := regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllSubmatch(raw, -1)
	if len(references) == 0 {
		t.Error("the document has no references: is this looking for them?")
	}
	for _, reference := range references {
		if d.Components.Schemas[string(reference[1])] == nil {
			t.Errorf("the document refers to %s, which it lacks", reference[1])
		}
	}
	if strings.Contains(string(raw), "$schema") || strings.Contains(string(raw), "http://") {
		t.Errorf("the document refers to elsewhere: %s", raw)
	}
}

func TestDocumentationLoadsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	s := newShop(t, withThings)
	page := s.ask("GET", "/docs", "")
	if kind := page.Header.Get("Content-Type"); page.StatusCode != http.StatusOK || kind != "text/html; charset=utf-8" {
		t.Fatalf("/docs answers %s as %s", page.Status, kind)
	}
	policy := page.Header.Get("Content-Security-Policy")
	for _, part := range strings.Split(policy, "; ") {
		if name, sources, _ := strings.Cut(part, " "); !regexp.MustCompile(`^('none'|'self'|data:| )+$`).MatchString(sources) {
			t.Errorf("the policy's %s allows %s", name, sources)
		}
	}
	if !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "script-src 'self';") {
		t.Errorf("policy %s", policy)
	}
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllSubmatch(page.raw, -1)
	if len(links) < 4 {
		t.Errorf("the page loads only %d things: %s", len(links), page.raw)
	}
	for _, link := range links {
		got := s.ask("GET", string(link[1]), "")
		if got.StatusCode != http.StatusOK || len(got.raw) == 0 {
			t.Errorf("%s answers %s", link[1], got.Status)
		}
	}
	if bytes.Contains(page.raw, []byte("<script>")) || bytes.Contains(page.raw, []byte("style=")) {
		t.Errorf("the policy forbids what stands in the page: %s", page.raw)
	}
}

func TestAssetsComePackedAndPlain(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	for path, kind := range map[string]string{"/docs/swagger-ui-bundle.js": "text/javascript", "/docs/swagger-ui.css": "text/css", "/docs/start.js": "text/javascript"} {
		plain := s.ask("GET", path, "", "Accept-Encoding", "identity")
		packed := s.ask("GET", path, "", "Accept-Encoding", "br, gzip")
		for _, got := range []answer{plain, packed} {
			if !strings.HasPrefix(got.Header.Get("Content-Type"), kind) || got.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s is %q", path, got.Header)
			}
		}
		if path == "/docs/start.js" { // small, and made for the page
			continue
		}
		if plain.Header.Get("Content-Encoding") != "" || packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s is packed as %q where it must not be, or not where it may", path, plain.Header.Get("Content-Encoding"))
		}
		reader, err := gzip.NewReader(bytes.NewReader(packed.raw))
		if err != nil {
			t.Fatal(err)
		}
		unpacked, err := io.ReadAll(reader)
		if err != nil || !bytes.Equal(unpacked, plain.raw) {
			t.Errorf("%s differs packed and plain: %v", path, err)
		}
	}
}

func TestTitleCannotBreakThePage(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(api *web.API) {
		web.MountDocs(api.Router(), "/more", `<script>alert(1)</script>`, `/x"y</script>.json`)
	})
	page := s.ask("GET", "/more", "").raw
	if bytes.Contains(page, []byte("<script>alert")) || bytes.Contains(page, []byte(`"y</script>`)) {
		t.Errorf("the page holds markup of its title: %s", page)
	}
	if start := s.ask("GET", "/more/start.js", "").raw; !bytes.Contains(start, []byte(`"url":"/x\"y\u003c/script\u003e.json"`)) {
		t.Errorf("the script is %s", start)
	}
}
