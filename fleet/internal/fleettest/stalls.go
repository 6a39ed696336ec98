package fleettest

import (
	"sync"
	"time"
)

// stalls adds up for how long this process was not let run, half a second at a
// time or more: on a machine that is busy with other things the fleet stands
// still as well, and every word between its processes goes through this one.
type stalls struct {
	stop chan struct{}
	done sync.WaitGroup

	mu  sync.Mutex
	all time.Duration
}

const (
	glance = 50 * time.Millisecond
	stall  = 500 * time.Millisecond
)

func newStalls() *stalls {
	s := &stalls{stop: make(chan struct{})}
	s.done.Go(s.watch)
	return s
}

func (s *stalls) watch() {
	for {
		began := time.Now()
		select {
		case <-s.stop:
			return
		case <-time.After(glance):
		}
		if late := time.Since(began) - glance; late >= stall {
			s.mu.Lock()
			s.all += late
			s.mu.Unlock()
		}
	}
}

func (s *stalls) sum() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

func (s *stalls) close() {
	close(s.stop)
	s.done.Wait()
}
