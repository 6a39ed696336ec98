package picture

import (
	"encoding/binary"
	"slices"

	"github.com/oms-fleet/oms/common/fault"
)

// stripGIF keeps frames, their timing and how often they are repeated, and
// refuses too many of them before any is decoded.
func stripGIF(raw []byte) ([]byte, orientation, error) {
	const head = 13
	if len(raw) < head {
		return nil, 0, broken(errCut)
	}
	at := head + table(raw[10])
	if at > len(raw) {
		return nil, 0, broken(errCut)
	}
	clean := slices.Clone(raw[:at])
	frames, pixels := 0, int64(0)
	for {
		b, err := blockAt(raw, at)
		if err != nil {
			return nil, 0, err
		}
		if b.wanted {
			clean = append(clean, raw[at:b.end]...)
		}
		if b.last {
			return clean, upright, nil
		}
		if b.pixels > 0 {
			frames, pixels = frames+1, pixels+b.pixels
		}
		if frames > maxFrames || pixels > maxFramePixels {
			return nil, 0, fault.InvalidAt("body", "has more than %d frames, or %d pixels in all of them", maxFrames, maxFramePixels)
		}
		at = b.end
	}
}

// gifBlock is what comes next in a GIF.
type gifBlock struct {
	end    int // where the one behind it begins
	wanted bool
	last   bool
	pixels int64 // of a frame
}

func blockAt(raw []byte, at int) (b gifBlock, err error) {
	const frame, extension, trailer = 0x2c, 0x21, 0x3b
	switch {
	case at >= len(raw):
		return b, broken(errCut)
	case raw[at] == trailer:
		return gifBlock{end: at + 1, wanted: true, last: true}, nil
	case raw[at] == frame && at+10 < len(raw):
		b.wanted = true
		b.pixels = max(1, int64(binary.LittleEndian.Uint16(raw[at+5:]))*int64(binary.LittleEndian.Uint16(raw[at+7:])))
		b.end, err = skip(raw, at+11+table(raw[at+9]))
		return b, err
	case raw[at] == extension && at+2 < len(raw):
		b.wanted = timing(raw[at:])
		b.end, err = skip(raw, at+2)
		return b, err
	default:
		return b, broken(errGIF)
	}
}

// timing reports whether an extension says how frames follow each other; others
// are comments and metadata.
func timing(extension []byte) bool {
	const control, application, repeats = 0xf9, 0xff, "\x0bNETSCAPE2.0"
	label := extension[1]
	return label == control || (label == application && len(extension) > 2+len(repeats) && string(extension[2:2+len(repeats)]) == repeats)
}

// table returns the size of the colour table that flags tell of.
func table(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// skip returns the end of the data blocks that begin at a place.
func skip(raw []byte, at int) (int, error) {
	for at < len(raw) {
		size := int(raw[at])
		if at += 1 + size; size == 0 {
			return at, nil
		}
	}
	return 0, broken(errCut)
}
