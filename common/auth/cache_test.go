package auth

import (
	"crypto/sha256"
	"strconv"
	"sync"
	"testing"
	"time"
)

var (
	noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	ada  = Principal{Name: "Ada"}
)

func digestOf(i int) digest { return sha256.Sum256([]byte(strconv.Itoa(i))) }

func TestCacheForgetsAtTheMomentOfExpiry(t *testing.T) {
	t.Parallel()
	c := newCache()
	c.keep(digestOf(1), ada, noon)
	if p, ok := c.find(digestOf(1), noon.Add(-1)); !ok || p.Name != "Ada" {
		t.Errorf("before expiry: %+v, %t", p, ok)
	}
	for _, now := range []time.Time{noon, noon.Add(1), noon.Add(time.Hour)} {
		if p, ok := c.find(digestOf(1), now); ok || p.Name != "" {
			t.Errorf("at %s: %+v, %t; want nobody", now, p, ok)
		}
	}
	if _, ok := c.find(digestOf(2), noon.Add(-time.Hour)); ok {
		t.Error("found what was never kept")
	}
}

func TestCacheHoldsTwoGenerationsAtMost(t *testing.T) {
	t.Parallel()
	c := newCache()
	for i := range 5 * generation {
		c.keep(digestOf(i), ada, noon)
	}
	if n := len(c.young) + len(c.old); n > 2*generation {
		t.Errorf("the cache holds %d tokens, want %d at most", n, 2*generation)
	}
}

func TestTokenInUseOutlivesItsGeneration(t *testing.T) {
	t.Parallel()
	c := newCache()
	c.keep(digestOf(-1), ada, noon)
	c.keep(digestOf(-2), ada, noon)
	for i := range 4 * generation {
		c.keep(digestOf(i), ada, noon)
		if _, ok := c.find(digestOf(-1), noon.Add(-1)); !ok {
			t.Fatalf("forgotten after %d others, though used all the time", i)
		}
	}
	if _, ok := c.find(digestOf(-2), noon.Add(-1)); ok {
		t.Error("a token that nobody uses is still there")
	}
}

func TestCacheIsSafeForMany(t *testing.T) {
	t.Parallel()
	c := newCache()
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 2 * generation / 4 {
				c.keep(digestOf(worker<<20+i), ada, noon)
				c.find(digestOf(i), noon.Add(-1))
			}
		})
	}
	all.Wait()
}
