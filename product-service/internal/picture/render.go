package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
)

// quality of renditions that are JPEGs.
const quality = 85

// render returns the image made smaller, to a width: as a JPEG, or a PNG where
// something shines through.
func render(img image.Image, turned orientation, width int) ([]byte, error) {
	bounds := img.Bounds()
	w, h := width, max(1, bounds.Dy()*width/max(1, bounds.Dx()))
	if turned.sideways() {
		w, h = max(1, bounds.Dx()*width/max(1, bounds.Dy())), width
	}
	small := image.NewNRGBA(image.Rect(0, 0, w, min(h, maxPixels/w)))
	draw.BiLinear.Scale(small, small.Bounds(), img, bounds, draw.Src, nil)
	var out bytes.Buffer
	var err error
	if small.Opaque() {
		err = jpeg.Encode(&out, turned.turn(small), &jpeg.Options{Quality: quality})
	} else {
		err = png.Encode(&out, turned.turn(small))
	}
	if err != nil {
		return nil, fmt.Errorf("render an image to a width of %d: %w", width, err)
	}
	return out.Bytes(), nil
}
