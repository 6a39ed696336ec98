package blobs

import (
	"context"
	"errors"

	"gocloud.dev/blob/driver"
)

// errNotNeeded is the answer of what gocloud's interface has and this service
// does not use.
var errNotNeeded = errors.New("not needed here")

// Attributes is not needed.
func (s *s3) Attributes(context.Context, string) (*driver.Attributes, error) {
	return nil, errNotNeeded
}

// ListPaged is not needed: the database knows what is stored.
func (s *s3) ListPaged(context.Context, *driver.ListOptions) (*driver.ListPage, error) {
	return nil, errNotNeeded
}

// Copy is not needed.
func (s *s3) Copy(context.Context, string, string, *driver.CopyOptions) error { return errNotNeeded }

// SignedURL is not needed: images are served by the service.
func (s *s3) SignedURL(context.Context, string, *driver.SignedURLOptions) (string, error) {
	return "", errNotNeeded
}

// As gives access to nothing.
func (s *s3) As(any) bool { return false }

// ErrorAs gives access to nothing.
func (s *s3) ErrorAs(error, any) bool { return false }

// Close has nothing to close.
func (s *s3) Close() error { return nil }
