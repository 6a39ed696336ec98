package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
)

// orientation is how an image is to be turned to be shown, as Exif counts it: 1
// is upright, 5 to 8 swap width and height.
type orientation int

const upright orientation = 1

func (o orientation) sideways() bool { return o >= 5 }

// width returns how wide an image of these bounds is shown.
func (o orientation) width(bounds image.Rectangle) int {
	if o.sideways() {
		return bounds.Dy()
	}
	return bounds.Dx()
}

// exifOrientation reads the orientation out of an APP1 segment; upright where it
// tells none.
func exifOrientation(data []byte) orientation {
	tiff, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return upright
	}
	entries := int(order.Uint16(tiff[at:]))
	for entry := at + 2; entries > 0 && entry+12 <= len(tiff); entry, entries = entry+12, entries-1 {
		const tag = 0x0112
		if order.Uint16(tiff[entry:]) != tag {
			continue
		}
		if o := orientation(order.Uint16(tiff[entry+8:])); o >= 1 && o <= 8 {
			return o
		}
	}
	return upright
}

// exif is an APP1 segment that tells the orientation and nothing else.
func (o orientation) exif() []byte {
	return append([]byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"),
		byte(o), 0, 0, 0, 0, 0, 0)
}

// turn returns the image as it is to be shown.
func (o orientation) turn(img *image.NRGBA) image.Image {
	if o == upright {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if o.sideways() {
		size = image.Rect(0, 0, h, w)
	}
	var turned draw.Image = image.NewNRGBA(size)
	for y := range h {
		for x := range w {
			toX, toY := o.place(x, y, w, h)
			turned.Set(toX, toY, img.NRGBAAt(x, y))
		}
	}
	return turned
}

// place returns where a pixel of an image of w × h goes.
func (o orientation) place(x, y, w, h int) (toX, toY int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	default:
		return x, y
	}
}
