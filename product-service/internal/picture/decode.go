package picture

import (
	"bytes"
	"image"
	"image/gif"
	"io"
)

// from lets a decoder read bytes.
func from[T any](decode func(io.Reader) (T, error)) func([]byte) (T, error) {
	return func(raw []byte) (T, error) { return decode(bytes.NewReader(raw)) }
}

// decodeGIF decodes all frames, so that none is broken, and returns the first.
func decodeGIF(raw []byte) (image.Image, error) {
	all, err := gif.DecodeAll(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return all.Image[0], nil
}
