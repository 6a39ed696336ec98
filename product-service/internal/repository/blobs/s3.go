package blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob/driver"
	"gocloud.dev/gcerrors"
)

// s3 is gocloud's driver for what this service does with an S3 server: put, get
// and delete whole objects. gocloud's own brings the whole AWS SDK along, eleven
// megabytes of a binary that must stay below 25 (measured).
type s3 struct {
	base   url.URL // of the bucket
	region string
	keys   keys
	http   *http.Client
	now    func() time.Time
}

func newS3(at *url.URL, keys keys, client *http.Client, now func() time.Time) (*s3, error) {
	q := at.Query()
	region := q.Get("region")
	if region == "" {
		region = "us-east-1"
	}
	endpoint := q.Get("endpoint")
	if endpoint == "" {
		endpoint = "https://s3." + region + ".amazonaws.com"
	}
	base, err := url.Parse(endpoint)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("BLOB_URL: endpoint %q is no address", endpoint)
	}
	if q.Get("use_path_style") == "true" || q.Get("s3ForcePathStyle") == "true" {
		base = base.JoinPath(at.Host)
	} else {
		base.Host = at.Host + "." + base.Host
	}
	return &s3{base: *base, region: region, keys: keys, http: client, now: now}, nil
}

// statusError is an answer that is no success.
type statusError struct {
	status int
	said   string
}

// Error tells the status and what the server said.
func (e *statusError) Error() string { return fmt.Sprintf("S3 answered %d: %.300s", e.status, e.said) }

// do sends a signed request and returns the answer of a success.
func (s *s3) do(ctx context.Context, method, key string, body []byte, header http.Header) (*http.Response, error) {
	address := s.base.JoinPath(strings.Split(key, "/")...)
	request, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, key, err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	sign(request, body, s.keys, s.region, s.now())
	response, err := s.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode < http.StatusMultipleChoices {
		return response, nil
	}
	defer response.Body.Close()                                //nolint:errcheck // an error has been told
	said, _ := io.ReadAll(io.LimitReader(response.Body, 1000)) //nolint:errcheck // an error has been told
	return nil, &statusError{response.StatusCode, string(said)}
}

// NewRangeReader reads a part of an object.
func (s *s3) NewRangeReader(ctx context.Context, key string, offset, length int64, _ *driver.ReaderOptions) (driver.Reader, error) {
	header := http.Header{}
	if length > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-%d", offset, offset+length-1))
	} else if offset > 0 {
		header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
	}
	response, err := s.do(ctx, http.MethodGet, key, nil, header)
	if err != nil {
		return nil, err
	}
	size := response.ContentLength
	if _, whole, ok := strings.Cut(response.Header.Get("Content-Range"), "/"); ok {
		if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
			size = n
		}
	}
	return &s3Reader{response.Body, driver.ReaderAttributes{ContentType: response.Header.Get("Content-Type"), Size: size}}, nil
}

type s3Reader struct {
	io.ReadCloser
	about driver.ReaderAttributes
}

// Attributes describes what is read.
func (r *s3Reader) Attributes() *driver.ReaderAttributes { return &r.about }

// As gives access to nothing.
func (r *s3Reader) As(any) bool { return false }

// NewTypedWriter stores an object when the writer is closed.
func (s *s3) NewTypedWriter(ctx context.Context, key, contentType string, _ *driver.WriterOptions) (driver.Writer, error) {
	return &s3Writer{ctx: ctx, s3: s, key: key, contentType: contentType}, nil
}

type s3Writer struct {
	bytes.Buffer
	ctx              context.Context //nolint:containedctx // as gocloud has it
	s3               *s3
	key, contentType string
}

// Close sends what was written. A context that has ended calls the write off.
func (w *s3Writer) Close() error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	response, err := w.s3.do(w.ctx, http.MethodPut, w.key, w.Bytes(), http.Header{"Content-Type": {w.contentType}})
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// Delete removes an object; S3 does not tell whether there was one.
func (s *s3) Delete(ctx context.Context, key string, _ *driver.DeleteOptions) error {
	response, err := s.do(ctx, http.MethodDelete, key, nil, nil)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// ErrorCode tells what does not exist from other failures.
func (s *s3) ErrorCode(err error) gcerrors.ErrorCode {
	if failed, ok := errors.AsType[*statusError](err); ok && failed.status == http.StatusNotFound {
		return gcerrors.NotFound
	}
	if errors.Is(err, errNotNeeded) {
		return gcerrors.Unimplemented
	}
	return gcerrors.Unknown
}
