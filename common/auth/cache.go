package auth

import (
	"crypto/sha256"
	"sync"
	"time"
)

// generation bounds the cache: it holds at most twice as many tokens.
const generation = 16_384

type digest = [sha256.Size]byte

// cache remembers verified tokens by their digest until they expire. When the
// young generation is full it becomes the old one, whose tokens are forgotten
// unless they are used again.
type cache struct {
	mu         sync.RWMutex
	young, old map[digest]verified
}

type verified struct {
	principal Principal
	until     time.Time
}

func newCache() *cache { return &cache{young: map[digest]verified{}} }

func (c *cache) find(d digest, now time.Time) (Principal, bool) {
	c.mu.RLock()
	v, young := c.young[d]
	old := false
	if !young {
		v, old = c.old[d]
	}
	c.mu.RUnlock()
	if !now.Before(v.until) { // also when there is none
		return Principal{}, false
	}
	if old {
		c.keep(d, v.principal, v.until)
	}
	return v.principal, true
}

func (c *cache) keep(d digest, p Principal, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.young) >= generation {
		c.young, c.old = make(map[digest]verified, generation/4), c.young
	}
	c.young[d] = verified{principal: p, until: until}
}
