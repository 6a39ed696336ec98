package repository

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// listed returns the ids of a user's sessions.
func listed(t *testing.T, sessions *Sessions, user id.ID) []id.ID {
	t.Helper()
	found, err := sessions.List(t.Context(), user)
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	ids := []id.ID{}
	for _, s := range found {
		ids = append(ids, s.ID)
	}
	return ids
}

func TestSessionsAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		clock := newWatch()
		sessions, user := NewSessions(rdb, lives, clock.time), newID(t)
		first := open(t, sessions, user)
		clock.pass(time.Second)
		second := open(t, sessions, user)
		open(t, sessions, newID(t))
		if diff := cmp.Diff([]id.ID{second.ID, first.ID}, listed(t, sessions, user)); diff != "" {
			t.Errorf("sessions (-want +got):\n%s", diff)
		}
		rdb.Del(t.Context(), sessionKey(second.ID)) // as if its time were over
		if diff := cmp.Diff([]id.ID{first.ID}, listed(t, sessions, user)); diff != "" {
			t.Errorf("sessions that live (-want +got):\n%s", diff)
		}
	})
}

func TestOneEndsOnlyOnesOwnSessions(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		sessions, user := NewSessions(rdb, lives, newWatch().time), newID(t)
		session := open(t, sessions, user)
		if err := sessions.End(t.Context(), newID(t), session.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("End by another = %v, want not found", err)
		}
		if err := sessions.End(t.Context(), user, session.ID); err != nil {
			t.Errorf("End = %v", err)
		}
		if err := sessions.End(t.Context(), user, session.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("End again = %v, want not found", err)
		}
		if got := rotate(t, sessions, session, 1); got != 0 {
			t.Errorf("a session that ended gave generation %d", got)
		}
	})
}

func TestAllSessionsButOneEnd(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		sessions, user := NewSessions(rdb, lives, newWatch().time), newID(t)
		kept, stranger := open(t, sessions, user), open(t, sessions, newID(t))
		gone := open(t, sessions, user)
		if err := sessions.EndAll(t.Context(), user, kept.ID); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]id.ID{kept.ID}, listed(t, sessions, user)); diff != "" {
			t.Errorf("sessions (-want +got):\n%s", diff)
		}
		if rotate(t, sessions, gone, 1) != 0 || rotate(t, sessions, stranger, 1) != 2 {
			t.Error("not the right sessions ended")
		}
		if err := sessions.EndAll(t.Context(), user, id.ID{}); err != nil {
			t.Fatal(err)
		}
		if got := listed(t, sessions, user); len(got) != 0 {
			t.Errorf("sessions = %v, want none", got)
		}
	})
}

func TestTooManySessionsEndTheOldest(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		clock := newWatch()
		sessions, user := NewSessions(rdb, lives, clock.time), newID(t)
		oldest := open(t, sessions, user)
		for range maxSessions {
			clock.pass(time.Millisecond)
			open(t, sessions, user)
		}
		if got := len(listed(t, sessions, user)); got != maxSessions {
			t.Errorf("%d sessions, want %d", got, maxSessions)
		}
		if _, err := sessions.Find(t.Context(), oldest.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("Find of the oldest = %v, want not found", err)
		}
	})
}

func TestSessionsSayWhenRedisIsAway(t *testing.T) {
	t.Parallel()
	sessions, user := NewSessions(noRedis(t), lives, time.Now), newID(t)
	_, opened := sessions.Open(t.Context(), entity.Session{ID: user, UserID: user})
	_, found := sessions.Find(t.Context(), user)
	_, rotated := sessions.Rotate(t.Context(), entity.RefreshToken{Session: user, Generation: 1})
	_, listed := sessions.List(t.Context(), user)
	for deed, err := range map[string]error{
		"Open": opened, "Find": found, "Rotate": rotated, "List": listed,
		"End": sessions.End(t.Context(), user, user), "EndAll": sessions.EndAll(t.Context(), user, id.ID{}),
	} {
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s = %v, want unavailable", deed, err)
		}
	}
}
