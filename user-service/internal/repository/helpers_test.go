package repository

import (
	"sync"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// watch is a clock that tests set.
type watch struct {
	mu  sync.Mutex
	now time.Time
}

func newWatch() *watch { return &watch{now: time.Now().UTC().Truncate(time.Millisecond)} }

func (w *watch) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watch) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

var lives = Lives{Grace: 10 * time.Second, Idle: 7 * 24 * time.Hour, Max: 30 * 24 * time.Hour}

func newID(t testing.TB) id.ID {
	t.Helper()
	made, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// open signs a user in.
func open(t *testing.T, sessions *Sessions, userID id.ID) entity.Session {
	t.Helper()
	session, err := sessions.Open(t.Context(), entity.Session{
		ID: newID(t), UserID: userID, ClientID: "oms", Scope: "a b",
		Device: entity.Device{UserAgent: "curl/8", Address: "192.0.2.1"},
	})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return session
}

// rotate shows a generation of a session and returns that of the successor, 0
// when it was refused.
func rotate(t *testing.T, sessions *Sessions, session entity.Session, shown int64) int64 {
	t.Helper()
	got, err := sessions.Rotate(t.Context(), entity.RefreshToken{Session: session.ID, Generation: shown})
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("Rotate: %v", err)
	}
	return got.Generation
}
