package repository

import (
	"context"
	"fmt"
	"sync"
)

// estimates remembers numbers that searches are planned by. An old one makes a
// search slower, never wrong, so each is asked for again only after a good many
// uses.
type estimates struct {
	mu    sync.Mutex
	known map[string]*known
}

type known struct {
	number float64
	uses   int
}

const (
	maxUses  = 1000
	maxKnown = 10_000
)

func (e *estimates) recall(name string) (float64, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	k, ok := e.known[name]
	if !ok || k.uses >= maxUses {
		return 0, false
	}
	k.uses++
	return k.number, true
}

func (e *estimates) remember(name string, number float64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known == nil || len(e.known) >= maxKnown {
		e.known = make(map[string]*known)
	}
	e.known[name] = &known{number: number}
}

// plenty is where counting ends.
const plenty = 20_000

// count returns how many rows a query has, at most plenty.
func (r *Products) count(ctx context.Context, q *statement) (float64, error) {
	name := q.text.String() + fmt.Sprint(q.args...)
	if n, ok := r.planning.recall(name); ok {
		return n, nil
	}
	var n float64
	if err := r.db.GetContext(ctx, &n, "SELECT COUNT(*) FROM ("+q.text.String()+" LIMIT ?) some", append(q.args, plenty)...); err != nil {
		return 0, fmt.Errorf("estimate a search: %w", err)
	}
	r.planning.remember(name, n)
	return n, nil
}
