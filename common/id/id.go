// Package id makes and reads identifiers: UUIDs of version 7 (RFC 9562), so that
// keys grow with time and indexes stay dense. An ID is text in JSON and URLs and
// BINARY(16) in MySQL.
package id

import (
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ID identifies one thing. The zero ID identifies nothing.
type ID [16]byte

// ErrInvalid is wrapped by every failure to read an ID.
var ErrInvalid = errors.New("not a UUID")

// New returns a fresh ID. Those made by one process ascend strictly.
func New() (ID, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return ID{}, fmt.Errorf("make an id: %w", err)
	}
	return ID(u), nil
}

// Parse reads the canonical form of 36 characters, in either case.
func Parse(text string) (ID, error) {
	if len(text) != 36 {
		return ID{}, fmt.Errorf("%w: %d characters, want 36", ErrInvalid, len(text))
	}
	u, err := uuid.Parse(text)
	if err != nil {
		return ID{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return ID(u), nil
}

// IsZero reports whether i identifies nothing.
func (i ID) IsZero() bool { return i == ID{} }

// Time returns the moment a version 7 ID was made, to the millisecond, in UTC.
func (i ID) Time() time.Time {
	ms := binary.BigEndian.Uint64(i[:8]) >> 16
	return time.UnixMilli(int64(ms)).UTC() // #nosec G115 -- 48 bits
}

// String returns the canonical lower-case form.
func (i ID) String() string { return uuid.UUID(i).String() }

// MarshalText returns the canonical form.
func (i ID) MarshalText() ([]byte, error) { return uuid.UUID(i).MarshalText() }

// UnmarshalText is Parse.
func (i *ID) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*i = parsed
	return nil
}

// Value gives MySQL the 16 bytes. The zero ID is stored as NULL.
func (i ID) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i[:], nil
}

// Scan reads what Value wrote.
func (i *ID) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*i = ID{}
		return nil
	case []byte:
		if len(src) == len(i) {
			copy(i[:], src)
			return nil
		}
		return fmt.Errorf("%w: %d bytes, want %d", ErrInvalid, len(src), len(i))
	default:
		return fmt.Errorf("%w: a %T", ErrInvalid, src)
	}
}
