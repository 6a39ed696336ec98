package app

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	put    = http.MethodPut
	remove = http.MethodDelete
)

// pngOf is a picture of one colour.
func pngOf(t *testing.T, c color.Color, width int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, width, 10))
	for x := range width {
		for y := range 10 {
			img.Set(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// raw sends bytes and returns what comes back.
func (s *shop) raw(t *testing.T, by, method, path string, body []byte, headers ...string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if by != nobody {
		request.Header.Set("Authorization", "Bearer "+by)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := s.HTTP.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, raw
}

// paint gives a product an image and returns its imageUrl.
func (s *shop) paint(t *testing.T, path string, raw []byte) string {
	t.Helper()
	response, body := s.raw(t, admin, put, path+"/image", raw)
	var product struct{ ImageURL string }
	if err := json.Unmarshal(body, &product); err != nil || response.StatusCode != http.StatusOK || response.Header.Get("ETag") == "" {
		t.Fatalf("PUT = %s %s", response.Status, body)
	}
	return product.ImageURL
}

func TestImageIsShownToEverybodyAsAnImage(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, _ := s.create(t, `{"name":"Lamp","price":1}`)
	raw := pngOf(t, color.Black, 700)
	url := s.paint(t, path, raw)
	for place, cache := range map[string]string{url: "immutable", path + "/image": "max-age"} {
		got, body := s.raw(t, nobody, get, place, nil)
		h := got.Header
		if got.StatusCode != http.StatusOK || !bytes.Equal(body, raw) || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(h.Get("Cache-Control"), "public") || !strings.Contains(h.Get("Cache-Control"), cache) ||
			h.Get("Cross-Origin-Resource-Policy") != "cross-origin" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("GET %s = %s %v", place, got.Status, h)
		}
		tag := h.Get("ETag")
		if len(tag) < 10 || strings.HasPrefix(tag, "W/") {
			t.Errorf("ETag = %s, want a strong one", tag)
		}
		if got, body := s.raw(t, nobody, get, place, nil, "If-None-Match", tag); got.StatusCode != http.StatusNotModified || len(body) > 0 {
			t.Errorf("GET with its tag = %s", got.Status)
		}
		if got, body := s.raw(t, nobody, get, place, nil, "Range", "bytes=1-3"); got.StatusCode != http.StatusPartialContent || string(body) != "PNG" {
			t.Errorf("GET of a range = %s %q", got.Status, body)
		}
		if got, _ := s.raw(t, nobody, http.MethodHead, place, nil); got.StatusCode != http.StatusOK || got.Header.Get("Content-Length") != strconv.Itoa(len(raw)) {
			t.Errorf("HEAD = %s %v", got.Status, got.Header)
		}
	}
	for width, want := range map[string]int{"160": 160, "640": 640} {
		got, body := s.raw(t, nobody, get, url+"&w="+width, nil)
		config, _, err := image.DecodeConfig(bytes.NewReader(body))
		if err != nil || config.Width != want || got.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("rendition of %s: %s %v, %v", width, got.Status, config, err)
		}
	}
	s.Refused(t, http.StatusUnprocessableEntity, "INVALID_REQUEST", nobody, get, path+"/image?w=161", "")
}

func TestBadImagesAreRefused(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":1}`)
	good := pngOf(t, color.Black, 10)
	for name, tt := range map[string]struct {
		raw    []byte
		status int
		by     string
		path   string
		tag    string
	}{
		"an SVG":             {[]byte("<svg/>"), http.StatusUnsupportedMediaType, admin, path, ""},
		"cut":                {good[:40], http.StatusUnprocessableEntity, admin, path, ""},
		"too large":          {append(good, make([]byte, 5<<20)...), http.StatusRequestEntityTooLarge, admin, path, ""},
		"by a client":        {good, http.StatusForbidden, client, path, ""},
		"by nobody":          {good, http.StatusUnauthorized, nobody, path, ""},
		"of nothing":         {good, http.StatusNotFound, admin, "/v1/products/01900000-0000-7000-8000-000000000000", ""},
		"of another version": {good, http.StatusPreconditionFailed, admin, path, `"77-0"`},
	} {
		got, body := s.raw(t, tt.by, put, tt.path+"/image", tt.raw, "If-Match", tt.tag, "Content-Type", "image/png")
		if got.StatusCode != tt.status || got.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s %s, want %d", name, got.Status, body, tt.status)
		}
	}
	for _, place := range []string{path + "/image", path + "/image?v=zz", path + "/image?v=" + strings.Repeat("ab", 32)} {
		s.Refused(t, http.StatusNotFound, "NOT_FOUND", nobody, get, place, "")
	}
	s.Refused(t, http.StatusNotFound, "NOT_FOUND", admin, remove, path+"/image", "")
	if seen := s.Must(t, http.StatusOK, nobody, get, path, ""); seen.Header.Get("ETag") != made.Header.Get("ETag")[:4]+`"` && seen.Body["imageUrl"] != nil {
		t.Errorf("product = %v", seen.Body)
	}
}

// An image that an order shows stays, all others go when the product has another.
func TestImageThatAnOrderShowsStaysReadable(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, made := s.create(t, `{"name":"Lamp","price":1,"quantity":5}`)
	unseen := s.paint(t, path, pngOf(t, color.White, 300))
	shown := s.paint(t, path, pngOf(t, color.Black, 300))
	s.reserve(t, made.Body["id"].(string), 1)
	now := s.paint(t, path, pngOf(t, color.Gray{Y: 9}, 300))
	readable := func(url string) bool {
		got, _ := s.raw(t, nobody, get, url, nil)
		return got.StatusCode == http.StatusOK
	}
	if readable(unseen) || !readable(shown) || !readable(now) || !readable(shown+"&w=160") {
		t.Errorf("readable: unseen %t, shown %t, now %t; want the latter two", readable(unseen), readable(shown), readable(now))
	}
	if _, err := s.db.Exec("UPDATE product_images SET touched_at = ?", clock().Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.images.RemoveOrphans(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	left := 0
	if err := s.db.Get(&left, "SELECT COUNT(*) FROM product_images"); err != nil || left != 2 {
		t.Errorf("%d images left, %v; want the shown and the present one", left, err)
	}
	if !readable(shown) || !readable(now) {
		t.Error("an image that is needed is gone")
	}
	s.Must(t, http.StatusNoContent, admin, remove, path+"/image", "")
	if readable(now) || readable(path+"/image") || !readable(shown) {
		t.Error("after the deletion the wrong images are readable")
	}
	again := s.paint(t, path, pngOf(t, color.White, 300)) // that was removed as an orphan
	if again != unseen || !readable(again) {
		t.Errorf("the same image again = %s, want %s and readable", again, unseen)
	}
}
