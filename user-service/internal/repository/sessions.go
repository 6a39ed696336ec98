package repository

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/batch"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// maxSessions bounds the sessions of one user; a further one ends the oldest.
const maxSessions = 1000

// Lives says how long sessions live.
type Lives struct {
	Grace time.Duration // in which a used refresh token gets the same successor
	Idle  time.Duration // without a refresh
	Max   time.Duration // however busy
}

// Sessions keeps refresh families in Redis: a hash each, and for each user an
// index of theirs. It holds nothing that a thief could show as a token.
type Sessions struct {
	rdb       redis.UniversalClient
	lives     Lives
	now       func() time.Time
	finds     *batch.Batcher[id.ID, map[string]string]
	rotate    *redis.Script
	rotations *batch.Batcher[entity.RefreshToken, rotated]
}

// NewSessions returns the sessions in rdb.
func NewSessions(rdb redis.UniversalClient, lives Lives, now func() time.Time) *Sessions {
	r := &Sessions{rdb: rdb, lives: lives, now: now, rotate: redis.NewScript(rotateSource)}
	r.finds = batch.New(maxTogether, parallel, r.findAll)
	r.rotations = batch.New(maxTogether, parallel, r.rotateAll)
	return r
}

// Open stores a new session and returns it with its times and its first
// generation.
func (r *Sessions) Open(ctx context.Context, s entity.Session) (entity.Session, error) {
	s.Generation, s.CreatedAt = 1, r.now()
	s.UsedAt, s.EndsAt = s.CreatedAt, s.CreatedAt.Add(r.lives.Max)
	if s.SignedInAt.IsZero() {
		s.SignedInAt = s.CreatedAt
	}
	// The index first: a session that it lacks could not be ended with the rest.
	surplus, err := r.index(ctx, s)
	if err != nil {
		return entity.Session{}, err
	}
	_, err = r.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, sessionKey(s.ID), fieldsOf(s))
		p.PExpire(ctx, sessionKey(s.ID), min(r.lives.Idle, r.lives.Max))
		return nil
	})
	if err != nil {
		return entity.Session{}, away(err, "open a session")
	}
	return s, r.end(ctx, s.UserID, surplus)
}

// index adds a session to its user's and returns those that are too many.
func (r *Sessions) index(ctx context.Context, s entity.Session) (surplus []string, err error) {
	key, oldest := indexKey(s.UserID), s.CreatedAt.Add(-r.lives.Max)
	var tooMany *redis.StringSliceCmd
	_, err = r.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.ZAdd(ctx, key, redis.Z{Score: float64(s.CreatedAt.UnixMilli()), Member: s.ID.String()})
		p.ZRemRangeByScore(ctx, key, "-inf", "("+milliseconds(oldest))
		p.PExpire(ctx, key, r.lives.Max)
		tooMany = p.ZRange(ctx, key, 0, -maxSessions-1)
		return nil
	})
	if err != nil {
		return nil, away(err, "index a session")
	}
	return tooMany.Val(), nil
}

// Find returns a session, or fails with fault.NotFound when it has ended.
func (r *Sessions) Find(ctx context.Context, sessionID id.ID) (entity.Session, error) {
	fields, err := r.finds.Do(ctx, sessionID)
	if err != nil {
		return entity.Session{}, away(err, "find a session")
	}
	return readSession(sessionID, fields)
}

// Rotate takes a refresh token and returns its session with the generation of
// the successor. A token that was used before, other than just now, ends the
// session: it was stolen, or its owner's was. That, and a session that has
// ended, is a fault.Unauthenticated.
func (r *Sessions) Rotate(ctx context.Context, token entity.RefreshToken) (entity.Session, error) {
	got, err := r.rotations.Do(ctx, token)
	if err = errors.Join(err, got.err); err != nil {
		return entity.Session{}, away(err, "rotate a refresh token")
	}
	switch got.reply[0] {
	case "rotated":
		return readSession(token.Session, pairs(got.reply[1]))
	case "reused":
		return entity.Session{}, fault.New(fault.CodeUnauthenticated, "The refresh token was used before; its session is over.")
	default:
		return entity.Session{}, fault.New(fault.CodeUnauthenticated, "The session is over; sign in again.")
	}
}
