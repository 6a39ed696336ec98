package repository

import (
	"context"
	_ "embed" // for the scripts
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/common/fault"
)

//go:embed scripts/rotate.lua
var rotateSource string

//go:embed scripts/fail.lua
var failSource string

// refusals are replies of a Redis that is there and cannot serve for now: it
// loads its data, has lost its primary, its disk or its memory.
var refusals = [...]string{"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", "OOM", "NOREPLICAS", "BUSY"}

// away explains a failure of Redis: an outage is Unavailable; a reply that
// refuses a command is our own mistake.
func away(err error, deed string) error {
	err = fmt.Errorf("%s: %w", deed, err)
	if errors.Is(err, context.Canceled) {
		return err
	}
	if reply, ok := errors.AsType[redis.Error](err); ok && !refused(reply) {
		return err
	}
	return fault.Unavailablef(err, "The session store is away for now.")
}

func refused(reply redis.Error) bool {
	for _, word := range refusals {
		if strings.HasPrefix(reply.Error(), word) {
			return true
		}
	}
	return false
}
