package broker

import (
	"fmt"
	"sync"
	"time"
)

// rebalanceTime is how long a listener may be without its group before that is
// trouble: rebalances are ordinary.
const rebalanceTime = 10 * time.Second

// health is what a listener tells about itself.
type health struct {
	mu      sync.Mutex
	current *generation // nil while there is none
	since   time.Time   // when there last was one
	cause   error       // why there is none
	trouble error       // why the batch in hand has to come again
	working time.Time   // since when the handler is at work; zero when it is not
}

func (h *health) joined(g *generation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.current, h.cause = g, nil
}

// left notes the end of g, unless another generation has begun.
func (h *health) left(g *generation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.current == g {
		h.current, h.since, h.trouble = nil, time.Now(), nil
	}
}

// refused notes why no generation can begin.
func (h *health) refused(cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cause = cause
}

// retrying notes why something is done again and again; nil when it went well.
func (h *health) retrying(trouble error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trouble = trouble
}

func (h *health) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.working = time.Now()
}

func (h *health) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.working = time.Time{}
}

// stuck returns for how long the handler has been at work, when that is too
// long.
func (h *health) stuck(limit time.Duration) (time.Duration, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.working.IsZero() {
		return 0, false
	}
	worked := time.Since(h.working)
	return worked, worked > limit
}

// Healthy returns nil while the listener does its work, else why it does not:
// no member of its group, a batch that has to wait for something that is away, a
// handler that is stuck. It costs nothing.
func (l *Listener) Healthy() error {
	if worked, stuck := l.health.stuck(l.timing.stuck); stuck {
		return fmt.Errorf("%s: the handler has been at work for %s", l.cfg.Topic, worked.Round(time.Second))
	}
	l.health.mu.Lock()
	defer l.health.mu.Unlock()
	switch h := &l.health; {
	case h.trouble != nil:
		return fmt.Errorf("%s: a batch is waiting: %w", l.cfg.Topic, h.trouble)
	case h.current != nil || time.Since(h.since) < rebalanceTime:
		return nil
	case h.cause != nil:
		return fmt.Errorf("%s: group %s cannot be joined: %w", l.cfg.Topic, l.cfg.Group, h.cause)
	default:
		return fmt.Errorf("%s: group %s is not joined", l.cfg.Topic, l.cfg.Group)
	}
}
