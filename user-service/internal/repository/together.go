package repository

import (
	"context"

	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// What comes while a question is under way shares the next one, so that busy
// hours cost less a refresh; a lone question waits for nobody.
const (
	maxTogether = 100
	parallel    = 2 // questions under way at once, of each kind
)

// findAll reads the hashes of sessions in one round trip.
func (r *Sessions) findAll(ctx context.Context, sessions []id.ID) ([]map[string]string, error) {
	replies := make([]*redis.MapStringStringCmd, len(sessions))
	_, err := r.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, session := range sessions {
			replies[i] = p.HGetAll(ctx, sessionKey(session))
		}
		return nil
	})
	if err != nil {
		return nil, away(err, "find sessions")
	}
	found := make([]map[string]string, len(sessions))
	for i, reply := range replies {
		found[i] = reply.Val()
	}
	return found, nil
}

// rotated is what became of a token: the script's reply, or its failure.
type rotated struct {
	reply []any
	err   error
}

// rotateAll runs the script for tokens in one round trip. No failure is that of
// all: then none is tried again that took place.
func (r *Sessions) rotateAll(ctx context.Context, tokens []entity.RefreshToken) ([]rotated, error) {
	now, grace, idle := r.now().UnixMilli(), r.lives.Grace.Milliseconds(), r.lives.Idle.Milliseconds()
	ask := func(run func(context.Context, redis.Scripter, []string, ...any) *redis.Cmd, with redis.Scripter, t entity.RefreshToken) *redis.Cmd {
		return run(ctx, with, []string{sessionKey(t.Session)}, t.Generation, now, grace, idle)
	}
	replies := make([]*redis.Cmd, len(tokens))
	r.rdb.Pipelined(ctx, func(p redis.Pipeliner) error { //nolint:errcheck // each reply has its own
		for i, token := range tokens {
			replies[i] = ask(r.rotate.EvalSha, p, token)
		}
		return nil
	})
	all := make([]rotated, len(tokens))
	for i, reply := range replies {
		if redis.HasErrorPrefix(reply.Err(), "NOSCRIPT") { // a Redis that has just started
			reply = ask(r.rotate.Eval, r.rdb, tokens[i])
		}
		all[i].reply, all[i].err = reply.Slice()
	}
	return all, nil
}
