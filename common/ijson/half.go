package ijson

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf16"
)

// escape is the length of \uXXXX.
const escape = 6

// halved reports whether a text of valid JSON escapes one half of a surrogate
// pair without the other, which stands for no character (RFC 7493, 2.1).
func halved(raw []byte) bool {
	for i := bytes.IndexByte(raw, '\\'); 0 <= i && i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		first, ok := escaped(raw[i:])
		switch {
		case !ok:
			i++ // whatever is escaped
		case !utf16.IsSurrogate(first):
			i += escape - 1
		default:
			second, ok := escaped(raw[i+escape:])
			if !ok || utf16.DecodeRune(first, second) == unicode.ReplacementChar {
				return true
			}
			i += 2*escape - 1
		}
	}
	return false
}

// escaped returns the UTF-16 unit that raw begins with as \uXXXX.
func escaped(raw []byte) (unit rune, ok bool) {
	if len(raw) < escape || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[2:escape]), 16, 16)
	return rune(n), err == nil // #nosec G115 -- 16 bits
}
