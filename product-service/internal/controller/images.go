package controller

import (
	"bytes"
	"context"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type putImageInput struct {
	ID id.ID `path:"id" doc:"the product's id"`
	web.IfMatch
	RawBody []byte `contentType:"application/octet-stream" doc:"a JPEG, PNG, WebP or GIF, told by its content; at most 5 MiB and 40 megapixels"`
}

// putImage gives a product an image and answers with the product.
func (c *Controller) putImage(ctx context.Context, in *putImageInput) (*productOutput, error) {
	by := auth.From(ctx)
	product, err := c.Images.Put(ctx, by, in.ID, sameVersion(in.IfMatch), in.RawBody)
	if err != nil {
		return nil, err
	}
	return answer(product, by), nil
}

type deleteImageInput struct {
	ID id.ID `path:"id" doc:"the product's id"`
	web.IfMatch
}

// deleteImage takes a product's image away.
func (c *Controller) deleteImage(ctx context.Context, in *deleteImageInput) (*struct{}, error) {
	return nil, c.Images.Delete(ctx, auth.From(ctx), in.ID, sameVersion(in.IfMatch))
}

type imageInput struct {
	ID      id.ID  `path:"id" doc:"the product's id"`
	Version string `query:"v" maxLength:"64" doc:"which image, as imageUrl names it; the one the product has now where this is left out"`
	Width   string `query:"w" enum:"160,640" doc:"made smaller to this width, if it is wider"`
}

// width is 0 for the image itself; the schema lets only numbers through.
func (in *imageInput) width() int {
	width, err := strconv.Atoi(in.Width)
	if err != nil {
		return 0
	}
	return width
}

// image answers with the bytes of a product's image.
func (c *Controller) image(ctx context.Context, in *imageInput) (*huma.StreamResponse, error) {
	var hash entity.ImageHash
	if in.Version != "" {
		var ok bool
		if hash, ok = entity.ParseImageHash(in.Version); !ok || hash == (entity.ImageHash{}) {
			return nil, fault.NotFoundf("The product has no such image.")
		}
	}
	image, data, err := c.Images.Read(ctx, in.ID, hash, in.width())
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		r, w := humachi.Unwrap(h)
		imageHeaders(w.Header(), image, data, in)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	}}, nil
}

// imageHeaders let an image be kept for long, be shown on any page, and be
// nothing but an image.
func imageHeaders(h http.Header, image entity.Image, data []byte, in *imageInput) {
	tag := hex.EncodeToString(image.Hash[:])
	if in.Width != "" {
		tag += "-" + in.Width
	}
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Content-Type", imageType(data))
	h.Set("Cache-Control", "public, max-age=3600")
	if in.Version != "" {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Content-Disposition", "inline")
}

// imageType tells the type of what is stored, which is one of these by now.
func imageType(data []byte) string {
	switch found := http.DetectContentType(data); found {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return found
	default:
		return "application/octet-stream"
	}
}

// showsImages documents the bytes.
func showsImages(op *huma.Operation) {
	content := map[string]*huma.MediaType{}
	for _, name := range []string{"image/jpeg", "image/png", "image/gif", "image/webp"} {
		content[name] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	op.Responses = map[string]*huma.Response{
		"200": {Description: "the image", Content: content},
		"206": {Description: "the part that Range asks for", Content: content},
		"304": {Description: "the image is still the one of If-None-Match"},
		"416": {Description: "the image has no such part"},
	}
}
