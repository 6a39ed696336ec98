package entity

import (
	"encoding/hex"
	"fmt"

	"github.com/oms-fleet/oms/common/id"
)

// MaxImage is the largest image in bytes.
const MaxImage = 5 << 20

// Picture is an image fit to be shown to everybody, with smaller renditions by
// their width, as far as it is wider.
type Picture struct {
	Hash       ImageHash
	Data       []byte
	Renditions map[int][]byte
}

// ImageWidths are those of renditions.
func ImageWidths() []int { return []int{160, 640} }

// Image names an image of a product.
type Image struct {
	ProductID id.ID
	Hash      ImageHash
}

// Name is how the image is called where it is stored, or its rendition of a
// width; 0 is the image itself.
func (i Image) Name(width int) string {
	name := "products/" + i.ProductID.String() + "/" + hex.EncodeToString(i.Hash[:])
	if width > 0 {
		name += fmt.Sprintf("-%d", width)
	}
	return name
}

// ParseImageHash reads what URL has written.
func ParseImageHash(text string) (hash ImageHash, ok bool) {
	if len(text) != hex.EncodedLen(len(hash)) {
		return hash, false
	}
	_, err := hex.Decode(hash[:], []byte(text))
	return hash, err == nil
}

// SetImage gives the product an image, or none.
func (p *Product) SetImage(hash ImageHash, by Edit) {
	if p.Image == hash {
		return
	}
	p.Advance(by.At)
	p.Image, p.ImageShown = hash, false
	p.touch(by)
}
