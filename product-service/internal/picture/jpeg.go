package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
)

var errCut = errors.New("ends too early")

// The markers of a JPEG that matter here.
const (
	markEnd     = 0xd9
	markScan    = 0xda
	markApp0    = 0xe0 // JFIF
	markApp1    = 0xe1 // Exif, XMP
	markApp2    = 0xe2 // colour profile, and more
	markApp14   = 0xee // Adobe's colour transform
	markComment = 0xfe
)

// stripJPEG leaves out all that is not needed to show the image. How it is to be
// turned is kept, alone.
func stripJPEG(raw []byte) (clean []byte, turned orientation, err error) {
	clean, turned = append(clean, raw[:2]...), upright
	for at := 2; ; {
		for at+1 < len(raw) && raw[at] == 0xff && raw[at+1] == 0xff {
			at++ // fill
		}
		if at+4 > len(raw) && !bytes.Equal(raw[min(at, len(raw)):], []byte{0xff, markEnd}) {
			return nil, 0, broken(errCut)
		}
		mark := raw[at+1]
		if raw[at] != 0xff {
			return nil, 0, broken(errors.New("no marker where one must be"))
		}
		if mark == markEnd {
			return append(clean, 0xff, markEnd), turned, nil
		}
		end := at + 2 + int(binary.BigEndian.Uint16(raw[at+2:]))
		if end > len(raw) || end < at+4 {
			return nil, 0, broken(errCut)
		}
		switch segment := raw[at:end]; {
		case mark == markApp1:
			if o := exifOrientation(segment[4:]); o != upright {
				turned, clean = o, append(clean, o.exif()...)
			}
		case wanted(mark, segment[4:]):
			clean = append(clean, segment...)
		}
		if mark == markScan {
			scan := entropy(raw[end:])
			clean = append(clean, scan...)
			end += len(scan)
		}
		at = end
	}
}

func wanted(mark byte, data []byte) bool {
	switch {
	case mark == markApp2:
		return bytes.HasPrefix(data, []byte("ICC_PROFILE\x00"))
	case mark == markApp0 || mark == markApp14:
		return true
	default:
		return mark < markApp0 || mark > 0xef && mark != markComment
	}
}

// entropy returns the coded data up to the next marker.
func entropy(raw []byte) []byte {
	for i := 0; i+1 < len(raw); i++ {
		if next := raw[i+1]; raw[i] == 0xff && next != 0 && (next < 0xd0 || next > 0xd7) && next != 0xff {
			return raw[:i]
		}
	}
	return raw
}
