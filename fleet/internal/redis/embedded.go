package redis

import (
	"fmt"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// tick is how often the embedded server's clock is moved on: by itself it
// stands still and nothing would ever expire.
const tick = 100 * time.Millisecond

// embedded is a Redis within this process, which forgets all when it ends.
type embedded struct {
	server *miniredis.Miniredis
	halt   chan struct{}
	done   chan struct{}
}

func startEmbedded(where string) (*Server, error) {
	e := &embedded{server: miniredis.NewMiniRedis(), halt: make(chan struct{}), done: make(chan struct{})}
	if err := e.server.StartAddr(where); err != nil {
		return nil, fmt.Errorf("start the embedded Redis: %w", err)
	}
	go e.keepTime()
	return &Server{address: where, embedded: e}, nil
}

func (e *embedded) keepTime() {
	defer close(e.done)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-e.halt:
			return
		case now := <-ticker.C:
			e.server.FastForward(now.Sub(last))
			last = now
		}
	}
}

func (e *embedded) stop() {
	if e == nil {
		return
	}
	close(e.halt)
	<-e.done
	e.server.Close()
}
