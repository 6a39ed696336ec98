package repository

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/oms-fleet/oms/common/database"

	"github.com/oms-fleet/oms/common/page"
)

// findings remembers what searches found in the catalogue of one version. The
// version is counted in the database, in the transactions that change what can
// be found, and asked for before each search: what is remembered is what the
// database would find, whatever has become of other replicas or of Redis. What
// depends on stock, which changes with every order, is not remembered here.
type findings struct {
	now func() time.Time

	mu      sync.Mutex
	version int64
	known   map[string]finding
	keys    int // of all that is known
}

type finding struct {
	page.Page[page.Key]
	at time.Time
}

// How long a finding is good at most, lest a change that somebody made past the
// services be missed for ever, and how many products all may name.
const (
	findingLife = time.Minute
	maxKeys     = 200_000
)

func (f *findings) recall(version int64, name string) (page.Page[page.Key], bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found, ok := f.known[name]
	return found.Page, ok && f.version == version && f.now().Sub(found.at) < findingLife
}

func (f *findings) remember(version int64, name string, found page.Page[page.Key]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.version != version || f.known == nil || f.keys > maxKeys {
		f.version, f.known, f.keys = version, make(map[string]finding), 0
	}
	f.keys += 1 + len(found.Items) - len(f.known[name].Items)
	f.known[name] = finding{found, f.now()}
}

// countFindable counts a change if any of changes is one of what searches find.
func countFindable(ctx context.Context, tx *database.Tx, changes ...edited) error {
	if !slices.ContainsFunc(changes, edited.findable) {
		return nil
	}
	return countChange(ctx, tx)
}

// findable tells whether searches find something else by a change, those for
// stock apart.
func (c edited) findable() bool {
	a, b := c.before, c.after
	return a.Name != b.Name || a.Description != b.Description || a.Price != b.Price || a.Status != b.Status
}

// countChange counts a change of what searches find, as the last statement of
// its transaction. Each connection counts on one of the counters, so that
// transactions hardly wait for each other.
func countChange(ctx context.Context, tx *database.Tx) error {
	if _, err := tx.ExecContext(ctx, "UPDATE catalogue_changes SET changes = changes + 1 WHERE counter = CONNECTION_ID() % 16"); err != nil {
		return fmt.Errorf("count a change of the catalogue: %w", err)
	}
	return nil
}

// version names the state of the catalogue but for its stock.
func (r *Products) version(ctx context.Context) (int64, error) {
	return r.versions.Do(ctx, struct{}{})
}

func (r *Products) readVersion(ctx context.Context, askers []struct{}) ([]int64, error) {
	var version int64
	if err := r.db.GetContext(ctx, &version, "SELECT SUM(changes) FROM catalogue_changes"); err != nil {
		return nil, fmt.Errorf("read the version of the catalogue: %w", err)
	}
	answers := make([]int64, len(askers))
	for i := range answers {
		answers[i] = version
	}
	return answers, nil
}
