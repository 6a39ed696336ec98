// Package blobs keeps the bytes of images in files or at an S3 server, behind
// gocloud's one interface.
package blobs

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"github.com/oms-fleet/oms/common/client"
	"github.com/oms-fleet/oms/common/fault"
)

// Store is where blobs are.
type Store struct {
	bucket *blob.Bucket
}

// errScheme is about the configuration.
var errScheme = errors.New("BLOB_URL begins neither with file:// nor with s3://")

// patience bounds one request to an S3 server.
const patience = 10 * time.Second

// Open returns the store at a URL of gocloud's form: file:///folder, or
// s3://bucket with the parameters endpoint, region and use_path_style; the
// others of gocloud's s3blob are accepted and need nothing here.
func Open(ctx context.Context, at string, credentials Credentials, now func() time.Time) (*Store, error) {
	u, err := url.Parse(at)
	if err != nil {
		return nil, fmt.Errorf("BLOB_URL: %w", err)
	}
	switch u.Scheme {
	case fileblob.Scheme:
		bucket, err := (&fileblob.URLOpener{}).OpenBucketURL(ctx, u)
		if err != nil {
			return nil, fmt.Errorf("BLOB_URL: %w", err)
		}
		return &Store{bucket: bucket}, nil
	case "s3":
		keys, err := credentials.load()
		if err != nil {
			return nil, err
		}
		driver, err := newS3(u, keys, client.New(patience), now)
		if err != nil {
			return nil, err
		}
		return &Store{bucket: blob.NewBucket(driver)}, nil
	default:
		return nil, errScheme
	}
}

// Write stores a blob whole or not at all. What had the name before is replaced.
func (s *Store) Write(ctx context.Context, name string, data []byte, contentType string) error {
	if err := s.bucket.WriteAll(ctx, name, data, &blob.WriterOptions{ContentType: contentType}); err != nil {
		return away(fmt.Errorf("write blob %s: %w", name, err))
	}
	return nil
}

// Read returns a blob. It fails with NotFound where there is none.
func (s *Store) Read(ctx context.Context, name string) ([]byte, error) {
	data, err := s.bucket.ReadAll(ctx, name)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fault.NotFoundf("There is no such image.").Because(err)
	}
	if err != nil {
		return nil, away(fmt.Errorf("read blob %s: %w", name, err))
	}
	return data, nil
}

// Delete removes a blob, if it is there.
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := s.bucket.Delete(ctx, name); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return away(fmt.Errorf("delete blob %s: %w", name, err))
	}
	return nil
}

// Close lets go of the store.
func (s *Store) Close() error { return s.bucket.Close() }

func away(cause error) error { return fault.Unavailablef(cause, "Images are away for now.") }
