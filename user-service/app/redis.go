package app

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// quiet stops go-redis from writing lines of its own to standard error; what
// goes wrong comes back as errors.
var quiet = sync.OnceFunc(logging.Disable)

// open returns a client. It connects when it is first used, so that a Redis
// that is away does not hold up the start.
func (r Redis) open() redis.UniversalClient {
	quiet()
	return redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs:                 r.Addresses,
		Password:              r.Password.Reveal(),
		ContextTimeoutEnabled: true,
		DialTimeout:           time.Second,
		ReadTimeout:           time.Second,
		WriteTimeout:          time.Second,
		PoolTimeout:           3 * time.Second,
		MaxRetries:            2,
		DialerRetries:         1,
		MaintNotificationsConfig: &maintnotifications.Config{
			Mode: maintnotifications.ModeDisabled,
		},
	})
}

func ping(rdb redis.UniversalClient) func(context.Context) error {
	return func(ctx context.Context) error { return rdb.Ping(ctx).Err() }
}
