package repository

import (
	"context"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// List returns a user's sessions, the newest first.
func (r *Sessions) List(ctx context.Context, userID id.ID) ([]entity.Session, error) {
	members, err := r.rdb.ZRevRange(ctx, indexKey(userID), 0, -1).Result()
	if err != nil {
		return nil, away(err, "list sessions")
	}
	hashes := make([]*redis.MapStringStringCmd, len(members))
	_, err = r.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, member := range members {
			hashes[i] = p.HGetAll(ctx, "session:{"+member+"}")
		}
		return nil
	})
	if err != nil {
		return nil, away(err, "read sessions")
	}
	sessions := make([]entity.Session, 0, len(members))
	for i, member := range members {
		sessionID, err := id.Parse(member)
		if err != nil || len(hashes[i].Val()) == 0 {
			continue // it ended by itself; the index forgets it in time
		}
		session, err := readSession(sessionID, hashes[i].Val())
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, session)
	}
	return sessions, nil
}

// End ends one session of a user, or fails with fault.NotFound when the user
// has none of that id.
func (r *Sessions) End(ctx context.Context, userID, sessionID id.ID) error {
	err := r.rdb.ZScore(ctx, indexKey(userID), sessionID.String()).Err()
	if errors.Is(err, redis.Nil) {
		return fault.NotFoundf("There is no such session.")
	}
	if err != nil {
		return away(err, "end a session")
	}
	return r.end(ctx, userID, []string{sessionID.String()})
}

// EndAll ends every session of a user but one; the zero id spares none.
func (r *Sessions) EndAll(ctx context.Context, userID, but id.ID) error {
	members, err := r.rdb.ZRange(ctx, indexKey(userID), 0, -1).Result()
	if err != nil {
		return away(err, "list sessions")
	}
	return r.end(ctx, userID, slices.DeleteFunc(members, func(m string) bool { return m == but.String() }))
}

// end deletes sessions, then takes them from the index: what breaks between
// the two leaves a session that has ended in the index, not one that lives
// outside it.
func (r *Sessions) end(ctx context.Context, userID id.ID, sessions []string) error {
	for some := range slices.Chunk(sessions, 500) {
		_, err := r.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			members := make([]any, len(some))
			for i, session := range some {
				p.Del(ctx, "session:{"+session+"}")
				members[i] = session
			}
			p.ZRem(ctx, indexKey(userID), members...)
			return nil
		})
		if err != nil {
			return away(err, "end sessions")
		}
	}
	return nil
}
