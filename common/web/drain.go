package web

import "context"

type serverKey struct{}

// Draining returns a channel that is closed when the server takes no further
// requests. Answers that go on for ever end then; others are given time to
// finish.
func Draining(ctx context.Context) <-chan struct{} {
	if s, ok := ctx.Value(serverKey{}).(*Server); ok {
		return s.draining
	}
	return nil
}

// leaving reports whether the server that a request came to is about to stop.
func leaving(ctx context.Context) bool {
	s, ok := ctx.Value(serverKey{}).(*Server)
	return ok && s.isLeaving()
}

func (s *Server) isLeaving() bool {
	select {
	case <-s.leaving:
		return true
	default:
		return false
	}
}
