package repository

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// A Redis that has written its append-only file is killed and comes back: who was
// signed in still is, what was used or ended still is, and guessers still wait.
func TestPromisesOutliveAKilledRedis(t *testing.T) {
	t.Parallel()
	runtime.LockOSThread() // with which the server dies
	dir := t.TempDir()
	serve := func() (kill func()) {
		kill, err := serveRedis(dir, "--appendonly", "yes", "--appendfsync", "everysec")
		if err != nil {
			t.Fatal(err)
		}
		return kill
	}
	kill := serve()
	rdb, clock, user := connect(dir+"/redis.sock"), newWatch(), newID(t)
	t.Cleanup(func() { rdb.Close() }) //nolint:errcheck // nothing is lost
	sessions, codes, throttle := NewSessions(rdb, lives, clock.time), NewCodes(rdb), NewThrottle(rdb, clock.time)
	kept, stolen, ended := open(t, sessions, user), open(t, sessions, user), open(t, sessions, user)
	for _, session := range []entity.Session{kept, stolen} {
		if got := rotate(t, sessions, session, 1); got != 2 {
			t.Fatalf("Rotate = %d", got)
		}
	}
	if err := sessions.End(t.Context(), user, ended.ID); err != nil {
		t.Fatal(err)
	}
	if err := codes.Save(t.Context(), "a code", entity.Code{ClientID: "app"}); err != nil {
		t.Fatal(err)
	}
	if _, err := codes.Take(t.Context(), "a code", kept.ID); err != nil {
		t.Fatal(err)
	}
	guessed := entity.AccountBucket("ada@shop.example", entity.Limit{Burst: 1, Drain: time.Minute, Longest: time.Hour})
	if err := throttle.Fail(t.Context(), guessed); err != nil {
		t.Fatal(err)
	}

	awaitWritten(t, rdb)
	kill()
	kill = serve()
	defer kill()
	clock.pass(lives.Grace)
	if got := rotate(t, sessions, stolen, 1); got != 0 {
		t.Errorf("a used token gave generation %d", got)
	}
	if got := rotate(t, sessions, stolen, 2); got != 0 {
		t.Errorf("after reuse the newest token gave generation %d", got)
	}
	if got := rotate(t, sessions, kept, 2); got != 3 {
		t.Errorf("the newest token gave generation %d, want 3", got)
	}
	if _, err := sessions.Find(t.Context(), ended.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Find of a session that was ended = %v", err)
	}
	if listed, err := sessions.List(t.Context(), user); err != nil || len(listed) != 1 {
		t.Errorf("List = %v, %v, want the one that is left", listed, err)
	}
	if first, err := codes.Take(t.Context(), "a code", newID(t)); err != nil || first != kept.ID {
		t.Errorf("Take again = %v, %v, want the session that took it", first, err)
	}
	if wait, err := throttle.Delay(t.Context(), guessed); err != nil || wait <= 0 {
		t.Errorf("Delay = %v, %v, want a wait", wait, err)
	}
}

// awaitWritten waits until the file has what was answered: beside a sync that a
// slow disk holds up, appendfsync everysec puts off writing for up to 2 s.
func awaitWritten(t *testing.T, rdb redis.UniversalClient) {
	t.Helper()
	for {
		info, err := rdb.Info(t.Context(), "persistence").Result()
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(info, "\naof_buffer_length:0\r\n") {
			return
		}
	}
}
