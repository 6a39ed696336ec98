package outbox

import "sync"

// pile collects what several goroutines put there until one takes it all: what
// comes while that one is busy becomes its next batch.
type pile[T any] struct {
	mu    sync.Mutex
	items []T
	limit int
	some  chan struct{} // holds one when there is something to take
}

func newPile[T any](limit int) *pile[T] {
	return &pile[T]{limit: limit, some: make(chan struct{}, 1)}
}

// add puts items on the pile, all or none, and reports whether there was room.
func (p *pile[T]) add(items ...T) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(items) == 0 || len(p.items)+len(items) > p.limit {
		return len(items) == 0
	}
	p.items = append(p.items, items...)
	select {
	case p.some <- struct{}{}:
	default: // the taker is told already
	}
	return true
}

// take returns all there is.
func (p *pile[T]) take() []T {
	p.mu.Lock()
	defer p.mu.Unlock()
	items := p.items
	p.items = nil
	return items
}
