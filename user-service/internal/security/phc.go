package security

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is what one argon2id hash costs (RFC 9106).
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// Bounds of what a stored hash may ask for: a row that someone tampered with
// must not take the process down.
const (
	maxMemory  = 1 << 20 // KiB
	maxTime    = 64
	maxThreads = 16
	maxBytes   = 64 // of salt and of key
	minSalt    = 8
	minKey     = 16
)

var errNotPHC = errors.New("not an argon2id hash in PHC form")

// argon2Hash is a hash with all that is needed to make it again.
type argon2Hash struct {
	cost Cost
	salt []byte
	key  []byte
}

// encoding is base64 as PHC strings have it, of which each value has one form.
var encoding = base64.RawStdEncoding.Strict()

// String returns the PHC form: $argon2id$v=19$m=…,t=…,p=…$salt$key.
func (h argon2Hash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.Memory, h.cost.Time, h.cost.Threads, encoding.EncodeToString(h.salt), encoding.EncodeToString(h.key))
}

// matches reports whether password has this hash, in constant time.
func (h argon2Hash) matches(password string) bool {
	key := argon2.IDKey([]byte(password), h.salt, h.cost.Time, h.cost.Memory, h.cost.Threads, uint32(len(h.key))) // #nosec G115 -- at most 64
	return subtle.ConstantTimeCompare(key, h.key) == 1
}

// parseArgon2 reads what String wrote, and nothing else.
func parseArgon2(text string) (argon2Hash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return argon2Hash{}, errNotPHC
	}
	cost, err := parseCost(parts[3])
	if err != nil {
		return argon2Hash{}, err
	}
	salt, saltErr := encoding.DecodeString(parts[4])
	key, keyErr := encoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || strings.ContainsAny(parts[4]+parts[5], "\r\n") ||
		len(salt) < minSalt || len(salt) > maxBytes || len(key) < minKey || len(key) > maxBytes {
		return argon2Hash{}, errNotPHC
	}
	return argon2Hash{cost: cost, salt: salt, key: key}, nil
}

// parseCost reads "m=…,t=…,p=…".
func parseCost(text string) (Cost, error) {
	values := strings.Split(text, ",")
	if len(values) != 3 {
		return Cost{}, errNotPHC
	}
	memory, okM := parseValue(values[0], "m=", maxMemory)
	passes, okT := parseValue(values[1], "t=", maxTime)
	threads, okP := parseValue(values[2], "p=", maxThreads)
	if !okM || !okT || !okP || memory < 8*threads {
		return Cost{}, errNotPHC
	}
	return Cost{Memory: memory, Time: passes, Threads: uint8(threads)}, nil // #nosec G115 -- at most 16
}

// parseValue reads a positive decimal number without leading zeros.
func parseValue(text, name string, most uint64) (uint32, bool) {
	digits, found := strings.CutPrefix(text, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	ok := found && err == nil && n >= 1 && n <= most && digits == strconv.FormatUint(n, 10)
	return uint32(n), ok // #nosec G115 -- 32 bits were asked for
}
