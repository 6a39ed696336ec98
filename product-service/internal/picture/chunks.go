package picture

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/oms-fleet/oms/common/fault"
)

// stripPNG keeps the chunks that say how the image looks; an animation becomes
// its first picture.
func stripPNG(raw []byte) ([]byte, orientation, error) {
	keep := []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "pHYs", "bKGD", "cICP"}
	const head, rest = 8, 12 // of the file; of a chunk without its data
	clean := slices.Clone(raw[:head])
	for at := head; at+rest <= len(raw); {
		name := string(raw[at+4 : at+8])
		end := at + rest + int(binary.BigEndian.Uint32(raw[at:]))
		if end > len(raw) {
			break
		}
		if slices.Contains(keep, name) {
			clean = append(clean, raw[at:end]...)
		}
		if name == "IEND" {
			return clean, upright, nil
		}
		at = end
	}
	return nil, 0, broken(errCut)
}

// stripWebP keeps the chunks that say how the image looks. Animations are
// refused: there is nothing here to decode them.
func stripWebP(raw []byte) ([]byte, orientation, error) {
	const head = 12
	end := min(len(raw), 8+int(binary.LittleEndian.Uint32(raw[4:])))
	clean := slices.Clone(raw[:head])
	for at := head; at+8 <= end; {
		size := int(binary.LittleEndian.Uint32(raw[at+4:]))
		next := at + 8 + size + size%2
		if at+8+size > end {
			return nil, 0, broken(errCut)
		}
		chunk := slices.Clone(raw[at:min(next, end)])
		switch name := string(raw[at : at+4]); name {
		case "VP8X":
			if size < 10 || chunk[8]&animated != 0 {
				return nil, 0, fault.InvalidAt("body", "is an animated WebP; send a GIF")
			}
			chunk[8] &^= withExif | withXMP
			clean = append(clean, chunk...)
		case "VP8 ", "VP8L":
			if w, h := webpSize(name, chunk[8:]); tooLarge(w, h) {
				return nil, 0, fault.InvalidAt("body", "has more than %d pixels", maxPixels)
			}
			clean = append(clean, chunk...)
		case "ALPH", "ICCP":
			clean = append(clean, chunk...)
		}
		at = next
	}
	binary.LittleEndian.PutUint32(clean[4:], uint32(len(clean)-8)) // #nosec G115 -- smaller than the body
	return clean, upright, nil
}

// The flags of a VP8X chunk that matter here.
const (
	animated = 0x02
	withXMP  = 0x04
	withExif = 0x08
)

// webpSize reads the size of the very image, whatever the file's head says.
func webpSize(name string, data []byte) (width, height int) {
	const bits = 1<<14 - 1
	switch {
	case len(data) < 10:
		return 0, 0
	case name == "VP8L":
		head := binary.LittleEndian.Uint32(data[1:])
		return int(head&bits) + 1, int(head>>14&bits) + 1
	default:
		return int(binary.LittleEndian.Uint16(data[6:])) & bits, int(binary.LittleEndian.Uint16(data[8:])) & bits
	}
}

var errGIF = errors.New("no block where one must be")
