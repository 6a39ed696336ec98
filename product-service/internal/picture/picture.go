// Package picture makes of the bytes that somebody sends an image that can be
// shown to everybody: of one of four types, told by the content; of bounded
// size, checked before anything is decoded; whole; without metadata, such as
// where it was taken; and with smaller renditions.
package picture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// The limits of an image. Those of animations bound what decoding them takes.
const (
	maxPixels      = 40_000_000
	maxFrames      = 200
	maxFramePixels = 2 * maxPixels // of all frames together
)

// kind is how a type of image is told, cleaned and decoded.
type kind struct {
	name   string
	is     func(raw []byte) bool
	config func(raw []byte) (image.Config, error)
	strip  func(raw []byte) (clean []byte, turned orientation, err error)
	decode func(raw []byte) (image.Image, error)
}

func kinds() []kind {
	return []kind{
		{"image/jpeg", begins("\xff\xd8\xff"), from(jpeg.DecodeConfig), stripJPEG, from(jpeg.Decode)},
		{"image/png", begins("\x89PNG\r\n\x1a\n"), from(png.DecodeConfig), stripPNG, from(png.Decode)},
		{"image/gif", func(raw []byte) bool { return begins("GIF87a")(raw) || begins("GIF89a")(raw) }, from(gif.DecodeConfig), stripGIF, decodeGIF},
		{"image/webp", func(raw []byte) bool { return begins("RIFF")(raw) && len(raw) > 12 && string(raw[8:12]) == "WEBP" }, from(webp.DecodeConfig), stripWebP, from(webp.Decode)},
	}
}

func begins(magic string) func([]byte) bool {
	return func(raw []byte) bool { return bytes.HasPrefix(raw, []byte(magic)) }
}

// TypeOf tells the type of an image by its content, "" if it is none that is
// taken.
func TypeOf(raw []byte) string {
	for _, k := range kinds() {
		if k.is(raw) {
			return k.name
		}
	}
	return ""
}

// Studio develops images, a few at a time: each may need some hundred megabytes.
type Studio struct {
	desks chan struct{}
}

// NewStudio returns a studio that works on so many images at once.
func NewStudio(desks int) *Studio { return &Studio{desks: make(chan struct{}, desks)} }

// Develop makes an image of what somebody sent. It fails with
// UNSUPPORTED_MEDIA_TYPE for what is no image, and with INVALID_REQUEST for one
// that is broken or too large.
func (s *Studio) Develop(ctx context.Context, raw []byte) (*entity.Picture, error) {
	for _, k := range kinds() {
		if k.is(raw) {
			select {
			case s.desks <- struct{}{}:
				defer func() { <-s.desks }()
				return k.develop(raw)
			case <-ctx.Done():
				return nil, fault.Unavailablef(ctx.Err(), "Too many images come at once.")
			}
		}
	}
	return nil, fault.New(fault.CodeUnsupportedMediaType, "The body is no JPEG, PNG, WebP or GIF.")
}

func (k kind) develop(raw []byte) (*entity.Picture, error) {
	config, err := k.config(raw)
	if err != nil {
		return nil, broken(err)
	}
	if tooLarge(config.Width, config.Height) {
		return nil, fault.InvalidAt("body", "has more than %d pixels", maxPixels)
	}
	clean, turned, err := k.strip(raw)
	if err != nil {
		return nil, err
	}
	img, err := k.decode(clean)
	if err != nil {
		return nil, broken(err)
	}
	p := &entity.Picture{Hash: sha256.Sum256(clean), Data: clean, Renditions: map[int][]byte{}}
	for _, width := range entity.ImageWidths() {
		if turned.width(img.Bounds()) <= width {
			continue
		}
		if p.Renditions[width], err = render(img, turned, width); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func tooLarge(width, height int) bool {
	return width <= 0 || height <= 0 || int64(width)*int64(height) > maxPixels
}

// broken is the fault of an image that cannot be shown.
func broken(cause error) error {
	return fault.InvalidAt("body", "is a broken image").Because(cause)
}
