package drill

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Tally counts answers.
type Tally struct {
	mu      sync.Mutex
	answers map[string]int // by what was asked and the status, or "no answer"
	failed  int
	strange int
	longest time.Duration
}

// note counts one answer; status 0 stands for none.
func (t *Tally) note(what string, status int, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.answers == nil {
		t.answers = map[string]int{}
	}
	t.longest = max(t.longest, took)
	if status == 0 || status >= 500 {
		t.failed++
	}
	if status >= 500 && status != http.StatusServiceUnavailable {
		t.strange++
	}
	if status == 0 {
		t.answers[what+" without an answer"]++
		return
	}
	t.answers[fmt.Sprintf("%s %d", what, status)]++
}

// Failed counts the requests that got no answer or a 5xx.
func (t *Tally) Failed() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

// Strange counts the answers that no weather excuses: a 5xx other than 503.
func (t *Tally) Strange() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.strange
}

// Longest is how long the slowest answer took.
func (t *Tally) Longest() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.longest
}

// String lists the answers by kind.
func (t *Tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(t.answers)) {
		parts = append(parts, fmt.Sprintf("%s: %d", kind, t.answers[kind]))
	}
	return fmt.Sprintf("%s; the slowest answer took %s", strings.Join(parts, ", "), t.longest.Round(time.Millisecond))
}
