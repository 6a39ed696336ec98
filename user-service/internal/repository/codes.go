package repository

import (
	"context"
	"crypto/sha256"
	_ "embed" // for the script
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

//go:embed scripts/redeem.lua
var redeemSource string

// How long a code is good, and how long its use is remembered.
const (
	codeLife   = time.Minute
	codeMemory = time.Hour
)

// Codes keeps authorization codes in Redis, under their digests: nothing there
// can be shown as a code.
type Codes struct {
	rdb    redis.UniversalClient
	redeem *redis.Script
}

// NewCodes returns the codes in rdb.
func NewCodes(rdb redis.UniversalClient) *Codes {
	return &Codes{rdb: rdb, redeem: redis.NewScript(redeemSource)}
}

// Save keeps what a code stands for, for a minute.
func (r *Codes) Save(ctx context.Context, text string, code entity.Code) error {
	raw, err := json.Marshal(code)
	if err != nil {
		return fmt.Errorf("write a code: %w", err)
	}
	_, err = r.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.HSet(ctx, codeKey(text), "code", raw)
		p.PExpire(ctx, codeKey(text), codeLife)
		return nil
	})
	if err != nil {
		return away(err, "save a code")
	}
	return nil
}

// Find returns what a code stands for, also when it was taken before; a code
// that is unknown or too old is an OAuthError.
func (r *Codes) Find(ctx context.Context, text string) (entity.Code, error) {
	raw, err := r.rdb.HGet(ctx, codeKey(text), "code").Bytes()
	if errors.Is(err, redis.Nil) {
		return entity.Code{}, errNoCode()
	}
	if err != nil {
		return entity.Code{}, away(err, "find a code")
	}
	var code entity.Code
	if err := json.Unmarshal(raw, &code); err != nil {
		return entity.Code{}, fmt.Errorf("read a code: %w", err)
	}
	return code, nil
}

// Take uses a code up for a session. It returns the session that took it first:
// the same one, or another, whose tokens may be in wrong hands.
func (r *Codes) Take(ctx context.Context, text string, session id.ID) (id.ID, error) {
	reply, err := r.redeem.Run(ctx, r.rdb, []string{codeKey(text)}, session.String(), codeMemory.Milliseconds()).StringSlice()
	if err != nil {
		return id.ID{}, away(err, "take a code")
	}
	if reply[0] == "unknown" {
		return id.ID{}, errNoCode()
	}
	first, err := id.Parse(reply[1])
	if err != nil {
		return id.ID{}, fmt.Errorf("take a code: %w", err)
	}
	return first, nil
}

func errNoCode() error {
	return entity.Refuse(entity.InvalidGrant, "The code is not good, or not any more.")
}

func codeKey(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "code:{" + hex.EncodeToString(sum[:]) + "}"
}
