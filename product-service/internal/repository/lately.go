package repository

import (
	"sync"
	"time"

	"github.com/oms-fleet/oms/common/id"
)

// lately remembers what was asked for in the last seconds. What is read once in
// that time is not worth keeping in Redis: of a large catalogue that is most.
type lately struct {
	mu           sync.Mutex
	since        time.Time
	asked, older map[id.ID]struct{}
}

// How long a question is remembered, at least once and at most twice, and how
// many are in half of that time.
const (
	latelyPeriod = 3 * time.Second
	maxLately    = 50_000
)

// again notes that key is asked for, and tells whether it was lately.
func (l *lately) again(key id.ID, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked == nil || now.Sub(l.since) >= latelyPeriod || len(l.asked) >= maxLately {
		l.asked, l.older, l.since = make(map[id.ID]struct{}), l.asked, now
	}
	_, recent := l.asked[key]
	_, before := l.older[key]
	l.asked[key] = struct{}{}
	return recent || before
}
