package app

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A page of another origin shows an image and its renditions, cannot run it as a
// script, and finds no page in it; looked at by itself it is an image too. Its
// pixels spell a script that would tell.
func TestBrowserShowsImagesAndRunsNothingOfThem(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	path, _ := s.create(t, `{"name":"Lamp","price":1}`)
	url := s.URL + s.paint(t, path, spelling(t, `"><script>document.title="it ran";parent.ran=1</script>`))
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<body><img src="%[1]s"><img src="%[1]s&amp;w=160"><img src="%[1]s&amp;w=640"><iframe src="%[1]s"></iframe>
			<script>let said = ""; window.ran = 0</script>
			<script src="%[1]s" onload="said += 'taken for a script '" onerror="said += 'no script '"></script>
			<script>onload = () => { document.body.dataset.said = said + [...document.images].map(i => i.naturalWidth) + " ran " + window.ran }</script>`, url)
	}))
	t.Cleanup(other.Close)
	if dom := browse(t, other.URL); !strings.Contains(dom, `data-said="no script 700,160,640 ran 0"`) {
		t.Errorf("the page of another origin shows %s", dom)
	}
	if dom := browse(t, url); !strings.Contains(dom, "<img") || strings.Contains(dom, "it ran") {
		t.Errorf("the image by itself is %s", dom)
	}
}

// spelling is a picture that is stored without compression, so that its bytes
// hold the text.
func spelling(t *testing.T, text string) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 700, 50))
	for x, c := range []byte(text) {
		img.SetGray(x, 3, color.Gray{Y: c})
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.NoCompression}
	if err := encoder.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(out.Bytes(), []byte(text)) {
		t.Fatal("the picture does not spell the text")
	}
	return out.Bytes()
}

// browse returns what Chromium makes of an address.
func browse(t *testing.T, url string) string {
	t.Helper()
	browser := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Fatal("no Chromium here; fleet/install clients gets it (Debian: apt-get install chromium)")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", // #nosec G204 -- a browser
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=10000", "--dump-dom", url)
	command.Stderr = io.Discard
	dom, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v", browser, err)
	}
	return string(dom)
}
