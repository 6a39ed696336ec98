package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type gallery interface {
	Announce(ctx context.Context, image entity.Image, at time.Time) error
	Kept(ctx context.Context, image entity.Image) (bool, error)
	Orphans(ctx context.Context, before time.Time, limit int) ([]entity.Image, error)
	Forget(ctx context.Context, image entity.Image) error
}

type blobs interface {
	Write(ctx context.Context, name string, data []byte, contentType string) error
	Read(ctx context.Context, name string) ([]byte, error)
	Delete(ctx context.Context, name string) error
}

type studio interface {
	Develop(ctx context.Context, raw []byte) (*entity.Picture, error)
}

// Images gives products their pictures.
type Images struct {
	products *Products
	gallery  gallery
	blobs    blobs
	studio   studio
}

// NewImages returns the images of products: gallery knows which there are, blobs
// keeps their bytes, and studio makes them fit to be shown.
func NewImages(products *Products, gallery gallery, blobs blobs, studio studio) *Images {
	return &Images{products: products, gallery: gallery, blobs: blobs, studio: studio}
}

// Put gives a product an image. Its bytes are stored before it is shown.
func (s *Images) Put(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis, raw []byte) (*entity.Product, error) {
	picture, err := s.studio.Develop(ctx, raw)
	if err != nil {
		return nil, err
	}
	image := entity.Image{ProductID: productID, Hash: picture.Hash}
	if err := s.store(ctx, image, picture); err != nil {
		return nil, err
	}
	return s.set(ctx, by, productID, basis, image.Hash)
}

// store announces the image before it writes it, so that nothing is left behind
// that nobody knows of.
func (s *Images) store(ctx context.Context, image entity.Image, picture *entity.Picture) error {
	if err := s.gallery.Announce(ctx, image, s.products.now()); err != nil {
		return err
	}
	for width, data := range picture.Renditions {
		if err := s.blobs.Write(ctx, image.Name(width), data, octets); err != nil {
			return err
		}
	}
	return s.blobs.Write(ctx, image.Name(0), picture.Data, octets)
}

// octets is what the blobs are to their store; their content tells the rest.
const octets = "application/octet-stream"

func (s *Images) set(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis, hash entity.ImageHash) (*entity.Product, error) {
	return s.products.update(ctx, by, productID, basis, func(p *entity.Product, edit entity.Edit) error {
		p.SetImage(hash, edit)
		return nil
	})
}

// Delete takes a product's image away. It fails with NotFound where there is
// none.
func (s *Images) Delete(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis) error {
	_, err := s.products.update(ctx, by, productID, basis, func(p *entity.Product, edit entity.Edit) error {
		if p.Image == (entity.ImageHash{}) {
			return noImage()
		}
		p.SetImage(entity.ImageHash{}, edit)
		return nil
	})
	return err
}

// Read returns a product's image and which one it is: the one that the product
// has now, or the one with this hash as long as the product has it or an order
// shows it. A width other than 0 asks for the rendition of that width; an image
// that is not wider is its own.
func (s *Images) Read(ctx context.Context, productID id.ID, hash entity.ImageHash, width int) (entity.Image, []byte, error) {
	image, err := s.readable(ctx, productID, hash)
	if err != nil {
		return image, nil, err
	}
	data, err := s.blobs.Read(ctx, image.Name(width))
	if fault.KindOf(err) == fault.NotFound && width > 0 {
		data, err = s.blobs.Read(ctx, image.Name(0))
	}
	return image, data, err
}

func (s *Images) readable(ctx context.Context, productID id.ID, hash entity.ImageHash) (entity.Image, error) {
	product, err := s.products.Find(ctx, productID)
	if err != nil {
		return entity.Image{}, err
	}
	image := entity.Image{ProductID: productID, Hash: product.Image}
	if hash != (entity.ImageHash{}) && hash != product.Image {
		image.Hash = hash
		kept, err := s.gallery.Kept(ctx, image)
		if err != nil || kept {
			return image, err
		}
		return image, noImage()
	}
	if image.Hash == (entity.ImageHash{}) {
		return image, noImage()
	}
	return image, nil
}

func noImage() error { return fault.NotFoundf("The product has no such image.") }

// An orphan is left alone for as long as sending it may take.
const (
	orphanAge   = time.Hour
	orphanBatch = 100
)

// RemoveOrphans removes the bytes of images that no product has and no order
// shows.
func (s *Images) RemoveOrphans(ctx context.Context) error {
	orphans, err := s.gallery.Orphans(ctx, s.products.now().Add(-orphanAge), orphanBatch)
	if err != nil {
		return err
	}
	for _, image := range orphans {
		for _, width := range append(entity.ImageWidths(), 0) {
			if err := s.blobs.Delete(ctx, image.Name(width)); err != nil {
				return err
			}
		}
		if err := s.gallery.Forget(ctx, image); err != nil {
			return err
		}
	}
	return nil
}
