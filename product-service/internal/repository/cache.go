package repository

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/oms-fleet/oms/common/batch"
	"github.com/oms-fleet/oms/common/id"
)

// Cache keeps for less than a second what was read of the catalogue, in a Redis
// that all replicas share. What it holds is never older than freshness, whatever
// becomes of Redis, of the messages to it or of its clock: each entry tells when
// it was read. Whoever changes a product leaves a mark in place of the entry;
// while that is there nothing is kept, so that a slow reader cannot put back what
// was before. When Redis is away everything is read from the database, and Redis
// is left alone for a while.
type Cache struct {
	redis  *redis.Client
	now    func() time.Time
	away   atomic.Int64 // until when Redis is left alone, in Unix milliseconds
	gets   *batch.Batcher[string, string]
	known  decodings
	lately lately
	spare  chan struct{} // holds one while nothing is being kept
}

// How old an entry may be, how long a mark stays (longer than any entry that
// was read before it may live), and how long Redis is left alone after a failure.
const (
	freshness = 900 * time.Millisecond
	markLife  = 1500 * time.Millisecond
	awayPause = 500 * time.Millisecond
)

// NewCache returns a cache in the Redis at an address, which may ask for a
// password.
func NewCache(address, password string, now func() time.Time) *Cache {
	const patience = 100 * time.Millisecond
	c := &Cache{now: now, redis: redis.NewClient(&redis.Options{
		Addr: address, Password: password, MaxRetries: -1, ContextTimeoutEnabled: true, PoolSize: 16,
		DialTimeout: patience, ReadTimeout: patience, WriteTimeout: patience, PoolTimeout: patience, DialerRetries: 1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})}
	c.spare = make(chan struct{}, 1)
	c.spare <- struct{}{}
	c.gets = batch.New(maxReads, 1, c.get)
	return c
}

// Close lets go of Redis.
func (c *Cache) Close() error { return c.redis.Close() }

// mark stands where an entry must not be kept for now.
const mark = "!"

const generationKey = "catalogue:generation"

func productKey(productID id.ID) string { return "product:" + productID.String() }

// searchKey names the answer to a search as the catalogue was in a generation.
func searchKey(generation string, search any) (string, error) {
	raw, err := json.Marshal(search)
	if err != nil {
		return "", fmt.Errorf("name a search: %w", err)
	}
	return fmt.Sprintf("search:%s:%x", generation, sha256.Sum256(raw)), nil
}

// An entry of Redis is when its value was read, before the database was asked,
// in Unix milliseconds, a space, and the value as JSON.
func entry(readAt time.Time, value any) ([]byte, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("keep what was read: %w", err)
	}
	return append(append(strconv.AppendInt(nil, readAt.UnixMilli(), 10), ' '), raw...), nil
}

// maxEntry bounds an entry in bytes: a page of long descriptions is no gain.
const maxEntry = 64 << 10

// get reads keys and returns what is there, empty where nothing is.
func (c *Cache) get(ctx context.Context, keys []string) ([]string, error) {
	texts := make([]string, len(keys))
	if !c.reachable() {
		return texts, nil
	}
	found, err := c.redis.MGet(ctx, keys...).Result()
	if c.failed(ctx, err) {
		return texts, nil // it is read from the database then
	}
	for i, text := range found {
		texts[i], _ = text.(string)
	}
	return texts, nil
}

// decode returns the value of a key's text, nil if there is none, it is too old
// or it is marked. Values are shared: nobody may change them.
func decode[T any](c *Cache, key, text string) *T {
	if text == "" || text == mark {
		return nil
	}
	value, readAt, ok := c.known.recall(key, text)
	if !ok {
		moment, raw, _ := strings.Cut(text, " ")
		millis, err := strconv.ParseInt(moment, 10, 64)
		made := new(T)
		if err != nil || json.Unmarshal([]byte(raw), made) != nil {
			return nil
		}
		value, readAt = made, time.UnixMilli(millis)
		c.known.remember(key, text, value, readAt)
	}
	if age := c.now().Sub(readAt); age < -freshness || age >= freshness {
		return nil
	}
	found, _ := value.(*T)
	return found
}

// keep stores what was read at a moment, unless something is there.
func (c *Cache) keep(ctx context.Context, readAt time.Time, values map[string]any) {
	life := freshness - c.now().Sub(readAt)
	if life < time.Millisecond || len(values) == 0 || !c.reachable() {
		return
	}
	pipe := c.redis.Pipeline()
	for key, value := range values {
		if text, err := entry(readAt, value); err == nil && len(text) <= maxEntry {
			pipe.SetNX(ctx, key, text, life)
		}
	}
	_, err := pipe.Exec(ctx)
	c.failed(ctx, err)
}

// keepSoon is keep behind the back of who waits for the values, unless that is
// still busy with others.
func (c *Cache) keepSoon(ctx context.Context, readAt time.Time, values map[string]any) {
	if len(values) == 0 {
		return
	}
	select {
	case <-c.spare:
		go func() {
			c.keep(context.WithoutCancel(ctx), readAt, values)
			c.spare <- struct{}{}
		}()
	default:
		c.keep(ctx, readAt, values)
	}
}

// invalidate marks products that have changed, and with them every search. It is
// called after the commit.
func (c *Cache) invalidate(ctx context.Context, products []id.ID) {
	if c == nil || len(products) == 0 || !c.reachable() {
		return
	}
	ctx = context.WithoutCancel(ctx) // what is committed is committed
	pipe := c.redis.Pipeline()
	for _, productID := range products {
		pipe.Set(ctx, productKey(productID), mark, markLife)
	}
	pipe.Incr(ctx, generationKey)
	_, err := pipe.Exec(ctx)
	c.failed(ctx, err)
}

// generation names the state of the catalogue for searches; ok is false while
// Redis is away. It is read before the database is.
func (c *Cache) generation(ctx context.Context) (name string, ok bool) {
	name, err := c.gets.Do(ctx, generationKey)
	return name, err == nil && c.reachable()
}

func (c *Cache) reachable() bool { return c.now().UnixMilli() >= c.away.Load() }

// failed notes that Redis is away, unless it was the caller who left.
func (c *Cache) failed(ctx context.Context, err error) bool {
	if err != nil && ctx.Err() == nil {
		c.away.Store(c.now().Add(awayPause).UnixMilli())
	}
	return err != nil
}
