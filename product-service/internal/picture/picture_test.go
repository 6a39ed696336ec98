package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// photo is an image whose left half is red, the right one blue.
func photo(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{R: 200, A: 255})
			if x >= w/2 {
				img.SetNRGBA(x, y, color.NRGBA{B: 200, A: 255})
			}
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asGIF(t testing.TB, frames int) []byte {
	t.Helper()
	all := &gif.GIF{}
	for range frames {
		all.Image = append(all.Image, image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.Black, color.White}))
		all.Delay = append(all.Delay, 1)
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, all); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// smallWebP is a lossless WebP of one pixel.
func smallWebP() []byte {
	return []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")
}

// segment is one of a JPEG.
func segment(mark byte, data string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, mark}, uint16(len(data)+2)), data...)
}

// chunk is one of a PNG.
func chunk(name, data string) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(out, name+data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE([]byte(name+data)))
}

func insertAt(raw []byte, at int, what ...byte) []byte {
	return append(append(append([]byte{}, raw[:at]...), what...), raw[at:]...)
}

const exif = "Exif\x00\x00II\x2a\x00\x08\x00\x00\x00\x02\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x25\x88\x04\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00SECRET PLACE"

func develop(t *testing.T, raw []byte) *entity.Picture {
	t.Helper()
	p, err := NewStudio(1).Develop(t.Context(), raw)
	if err != nil {
		t.Fatalf("Develop: %v", err)
	}
	return p
}

func TestMetadataIsLeftOutAndTheImageStaysTheSame(t *testing.T) {
	t.Parallel()
	plain := map[string][]byte{
		"image/jpeg": asJPEG(t, photo(20, 10)), "image/png": asPNG(t, photo(20, 10)), "image/gif": asGIF(t, 3), "image/webp": smallWebP(),
	}
	webpWithMore := append(smallWebP(), "EXIF\x0c\x00\x00\x00SECRET PLACE"...)
	binary.LittleEndian.PutUint32(webpWithMore[4:], uint32(len(webpWithMore)-8))
	told := map[string][]byte{
		"image/jpeg": append(insertAt(plain["image/jpeg"], 2, append(segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00SECRET PLACE"), segment(0xfe, "SECRET PLACE")...)...), "SECRET PLACE behind the end"...),
		"image/png":  append(insertAt(plain["image/png"], 33, append(chunk("tEXt", "SECRET PLACE"), chunk("eXIf", "SECRET PLACE")...)...), "SECRET PLACE behind the end"...),
		"image/gif":  append(insertAt(plain["image/gif"], len(plain["image/gif"])-1, []byte("\x21\xfe\x0cSECRET PLACE\x00")...), "SECRET PLACE"...),
		"image/webp": webpWithMore,
	}
	for name, raw := range told {
		if TypeOf(raw) != name {
			t.Errorf("TypeOf = %q, want %q", TypeOf(raw), name)
		}
		p := develop(t, raw)
		if bytes.Contains(p.Data, []byte("SECRET")) || !bytes.Equal(p.Data, plain[name]) || TypeOf(p.Data) != name {
			t.Errorf("%s: %d bytes became %d, want the %d without metadata", name, len(raw), len(p.Data), len(plain[name]))
		}
	}
}

func TestTurnedPhotoStaysTurnedAndItsRenditionsStandUpright(t *testing.T) {
	t.Parallel()
	p := develop(t, insertAt(asJPEG(t, photo(400, 800)), 2, segment(0xe1, exif)...)) // to be turned by 90° clockwise
	if bytes.Contains(p.Data, []byte("SECRET")) || exifOrientation(p.Data[6:]) != 6 {
		t.Errorf("orientation = %d, want 6 and nothing else", exifOrientation(p.Data[6:]))
	}
	small, err := jpeg.Decode(bytes.NewReader(p.Renditions[160]))
	if err != nil || small.Bounds().Dx() != 160 || small.Bounds().Dy() != 80 {
		t.Fatalf("rendition is %v, %v; want 160 × 80", small.Bounds(), err)
	}
	if r, _, _, _ := small.At(80, 10).RGBA(); r < 0x8000 {
		t.Error("what was on the left is not on top")
	}
}

func TestRenditionsAreMadeOfWiderImagesAlone(t *testing.T) {
	t.Parallel()
	for width, want := range map[int]int{100: 0, 160: 0, 200: 1, 640: 1, 700: 2} {
		if got := develop(t, asPNG(t, photo(width, 3))).Renditions; len(got) != want {
			t.Errorf("%d renditions of an image of %d, want %d", len(got), width, want)
		}
	}
}

func TestWhatIsNoImageIsRefused(t *testing.T) {
	t.Parallel()
	animated := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	binary.LittleEndian.PutUint32(animated[4:], uint32(len(animated)-8))
	good := asJPEG(t, photo(64, 64))
	for name, tt := range map[string]struct {
		raw  []byte
		want fault.Code
	}{
		"nothing":               {nil, fault.CodeUnsupportedMediaType},
		"an SVG":                {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), fault.CodeUnsupportedMediaType},
		"a page":                {[]byte(`<!DOCTYPE html><script>alert(1)</script>`), fault.CodeUnsupportedMediaType},
		"a bitmap":              {[]byte("BM1234567890"), fault.CodeUnsupportedMediaType},
		"a PNG too large":       {hugePNG(), fault.CodeInvalidRequest},
		"a GIF of 10000 frames": {asGIF(t, 10_000), fault.CodeInvalidRequest},
		"an animated WebP":      {animated, fault.CodeInvalidRequest},
		"a cut JPEG":            {good[:len(good)/2], fault.CodeInvalidRequest},
		"a JPEG's head":         {good[:20], fault.CodeInvalidRequest},
		"a page behind magic":   {[]byte("GIF89a<script>alert(1)</script>"), fault.CodeInvalidRequest},
		"a cut PNG":             {asPNG(t, photo(64, 64))[:60], fault.CodeInvalidRequest},
	} {
		if _, err := NewStudio(1).Develop(t.Context(), tt.raw); fault.CodeOf(err) != tt.want {
			t.Errorf("%s: Develop = %v, want %s", name, err, tt.want)
		}
	}
}

// hugePNG claims 50 000 × 50 000 pixels in a few bytes.
func hugePNG() []byte {
	raw := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", "\x00\x00\xc3\x50\x00\x00\xc3\x50\x08\x02\x00\x00\x00")...)
	return append(append(raw, chunk("IDAT", "x")...), chunk("IEND", "")...)
}

// Not parallel: what others allocate would count.
func TestImagesThatWouldTakeMuchMemoryTakeLittle(t *testing.T) { //nolint:paralleltest // see above
	for name, raw := range map[string][]byte{"a huge PNG": hugePNG(), "a GIF of 10000 frames": asGIF(t, 10_000)} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := NewStudio(1).Develop(t.Context(), raw)
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; err == nil || taken > 1<<20 {
			t.Errorf("%s: Develop = %v with %d bytes, want a refusal with a megabyte at most", name, err, taken)
		}
	}
}

// Whatever is cut off or changed, nothing breaks and what is taken can be shown.
func TestDamagedImagesBreakNothing(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2)) // #nosec G404
	whole := [][]byte{insertAt(asJPEG(t, photo(40, 30)), 2, segment(0xe1, exif)...), asPNG(t, photo(40, 30)), asGIF(t, 4), smallWebP()}
	for range 4000 {
		raw := bytes.Clone(whole[random.IntN(len(whole))])
		for range 1 + random.IntN(4) {
			raw[random.IntN(len(raw))] = byte(random.IntN(256))
		}
		raw = raw[:random.IntN(len(raw))+1]
		if p, err := NewStudio(1).Develop(t.Context(), raw); err == nil && TypeOf(p.Data) == "" {
			t.Errorf("%x became something else", raw)
		} else if code := fault.CodeOf(err); err != nil && code != fault.CodeInvalidRequest && code != fault.CodeUnsupportedMediaType {
			t.Errorf("%x: %v", raw, err)
		}
	}
}

func TestDemoPicturesAreImages(t *testing.T) {
	t.Parallel()
	raw, err := Draw(0)
	if err != nil {
		t.Fatal(err)
	}
	if p := develop(t, raw); len(p.Renditions) != 2 || len(drawings()) != 12 {
		t.Errorf("%d renditions of %d pictures", len(p.Renditions), len(drawings()))
	}
}
