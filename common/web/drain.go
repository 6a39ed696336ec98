package web

import "context"

type drainKey struct{}

// Draining returns a channel that is closed when the server begins to stop.
// Answers that go on for ever end then; others are given time to finish.
func Draining(ctx context.Context) <-chan struct{} {
	done, _ := ctx.Value(drainKey{}).(<-chan struct{})
	return done
}
