package id

import (
	"encoding/binary"
	"time"
)

// Floor returns the smallest ID of a moment: those made before it are smaller,
// those made at it or later are not. It identifies nothing.
func Floor(at time.Time) ID {
	var i ID
	binary.BigEndian.PutUint64(i[:8], uint64(max(at.UnixMilli(), 0))<<16) // #nosec G115 -- not negative
	return i
}
