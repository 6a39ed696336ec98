package gateway

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
)

// clientBody remembers whether reading it broke, so that a client's fault is not
// taken for a service's.
type clientBody struct {
	io.ReadCloser
	broke atomic.Bool
}

// Read reads on.
func (b *clientBody) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		b.broke.Store(true)
	}
	return n, err
}

// asked is what the answer to a failed request must know of it: the request to
// the service has another path.
type asked struct {
	path string
	body *clientBody
}

type askedKey struct{}

func withAsked(ctx context.Context, a asked) context.Context {
	return context.WithValue(ctx, askedKey{}, a)
}

func askedOf(ctx context.Context) asked {
	a, _ := ctx.Value(askedKey{}).(asked)
	return a
}
