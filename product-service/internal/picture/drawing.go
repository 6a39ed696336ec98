package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
)

// size is the width and height of a drawing in pixels.
const size = 720

// shape is a rounded box, or, with a thickness, its outline. Lengths are parts
// of the drawing; angles turn clockwise in degrees.
type shape struct {
	x, y, w, h float64 // the middle, and half of the width and of the height
	round      float64 // radius of the corners
	thick      float64 // of the outline; 0 fills it
	turn       float64
	paint      uint32 // 0xRRGGBB
}

func disc(x, y, r float64, paint uint32) shape {
	return shape{x: x, y: y, w: r, h: r, round: r, paint: paint}
}

func ring(x, y, r, thick float64, paint uint32) shape {
	return shape{x: x, y: y, w: r, h: r, round: r, thick: thick, paint: paint}
}

func box(x, y, w, h, round float64, paint uint32) shape {
	return shape{x: x, y: y, w: w, h: h, round: round, paint: paint}
}

func (s shape) turned(degrees float64) shape {
	s.turn = degrees
	return s
}

// near reports whether a point can be within the shape.
func (s shape) near(x, y float64) bool {
	reach := s.w + s.h + s.thick
	return math.Abs(x-s.x) < reach && math.Abs(y-s.y) < reach
}

// distance tells how far a point is from the shape, negative within.
func (s shape) distance(x, y float64) float64 {
	sin, cos := 0.0, 1.0
	if s.turn != 0 {
		sin, cos = math.Sincos(s.turn * math.Pi / 180)
	}
	dx, dy := (x-s.x)*cos+(y-s.y)*sin, (y-s.y)*cos-(x-s.x)*sin
	qx, qy := math.Abs(dx)-s.w+s.round, math.Abs(dy)-s.h+s.round
	d := math.Hypot(max(qx, 0), max(qy, 0)) + min(max(qx, qy), 0) - s.round
	if s.thick > 0 {
		return math.Abs(d) - s.thick/2
	}
	return d
}

// drawing is shapes over a background that fades from one colour to another.
type drawing struct {
	top, bottom uint32
	shapes      []shape
}

// Draw returns the picture of a product of the demo catalogue, by its place
// there, as a JPEG. The same place gives the same picture.
func Draw(place int) ([]byte, error) {
	all := drawings()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, all[place%len(all)].render(), &jpeg.Options{Quality: 88}); err != nil {
		return nil, fmt.Errorf("draw picture %d: %w", place, err)
	}
	return out.Bytes(), nil
}

func (d drawing) render() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	for py := range size {
		for px := range size {
			x, y := (float64(px)+0.5)/size, (float64(py)+0.5)/size
			c := mix(rgb(d.top), rgb(d.bottom), y)
			for _, s := range d.shapes {
				if !s.near(x, y) {
					continue
				}
				distance := s.distance(x, y)
				light := rgb(s.paint).lighter(0.12 * (s.y - y + s.x - x)) // from the upper left
				c = mix(c, light, clamp(0.5-distance*size))
			}
			img.SetRGBA(px, py, color.RGBA{byte(c[0]), byte(c[1]), byte(c[2]), 255})
		}
	}
	return img
}

// tone is red, green and blue from 0 to 255.
type tone [3]float64

func rgb(paint uint32) tone {
	return tone{float64(paint >> 16 & 255), float64(paint >> 8 & 255), float64(paint & 255)}
}

func (t tone) lighter(by float64) tone {
	for i := range t {
		t[i] = min(255, max(0, t[i]*(1+by)+255*max(0, by)))
	}
	return t
}

func mix(a, b tone, part float64) tone {
	for i := range a {
		a[i] += (b[i] - a[i]) * part
	}
	return a
}

func clamp(x float64) float64 { return min(1, max(0, x)) }
