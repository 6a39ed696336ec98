// Package security makes and checks what secrets are made of: password hashes,
// access tokens and the keys that sign them, refresh tokens, and the encryption
// of what is stored.
package security

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/oms-fleet/oms/common/fault"
)

const (
	saltBytes = 16
	keyBytes  = 32
)

// Passwords hashes and checks passwords, only so many at a time: each takes
// some 20 MB and 40 ms of a core. Those that come on top wait for a while and
// then fail with fault.Unavailable, so that memory never grows with the queue.
// When it has been quiet for a moment the memory is the machine's again.
type Passwords struct {
	cost     Cost
	slots    chan struct{}
	patience time.Duration
	decoy    string
	rest     *time.Timer // gives memory back when nobody has come for a while
}

// breath is how long after the last hash its memory goes back to the machine. Go
// keeps what it may need again for minutes; of a crowd that is some 100 MB.
const breath = time.Second

// NewPasswords returns a pool that works on so many passwords at once.
func NewPasswords(cost Cost, atOnce int, patience time.Duration) *Passwords {
	p := &Passwords{
		cost:     cost,
		slots:    make(chan struct{}, atOnce),
		patience: patience,
		decoy:    argon2Hash{cost: cost, salt: random(saltBytes), key: random(keyBytes)}.String(),
	}
	p.rest = time.AfterFunc(breath, p.giveBack)
	p.rest.Stop()
	return p
}

func random(n int) []byte {
	bytes := make([]byte, n)
	rand.Read(bytes) //nolint:errcheck // it never fails (crypto/rand)
	return bytes
}

// Hash returns a password's argon2id hash as a PHC string.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	release, err := p.slot(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := random(saltBytes)
	key := argon2.IDKey([]byte(password), salt, p.cost.Time, p.cost.Memory, p.cost.Threads, keyBytes)
	return argon2Hash{cost: p.cost, salt: salt, key: key}.String(), nil
}

// Verify reports whether a password has a hash, and whether that hash is stale:
// made otherwise than Hash would now. It knows argon2id and the original's
// bcrypt. The empty hash, of someone who is not there, fits no password and
// takes as long as any other.
func (p *Passwords) Verify(ctx context.Context, hash, password string) (right, stale bool, err error) {
	release, err := p.slot(ctx)
	if err != nil {
		return false, false, err
	}
	defer release()
	if hash == "" {
		hash = p.decoy
	}
	if bcryptHash, ok := asBcrypt(hash); ok {
		right, err = matchesBcrypt(bcryptHash, password)
		return right, true, err
	}
	stored, err := parseArgon2(hash)
	if err != nil {
		return false, false, err
	}
	return stored.matches(password), stored.cost != p.cost || len(stored.key) != keyBytes, nil
}

// slot waits for a place in the pool.
func (p *Passwords) slot(ctx context.Context) (release func(), err error) {
	patience := time.NewTimer(p.patience)
	defer patience.Stop()
	select {
	case p.slots <- struct{}{}:
		return p.leave, nil
	case <-patience.C:
		return nil, fault.Unavailablef(nil, "Too many people sign in at this moment.")
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

func (p *Passwords) leave() {
	<-p.slots
	p.rest.Reset(breath)
}

// giveBack returns to the machine what finished hashes took.
func (p *Passwords) giveBack() {
	if len(p.slots) == 0 {
		debug.FreeOSMemory()
	}
}

// asBcrypt reports whether hash is one of bcrypt, with or without the name that
// Spring writes before it.
func asBcrypt(hash string) (string, bool) {
	hash = strings.TrimPrefix(hash, "{bcrypt}")
	return hash, strings.HasPrefix(hash, "$2")
}

func matchesBcrypt(hash, password string) (bool, error) {
	err := bcrypt.CompareHashAndPassword([]byte(hash), []byte(password))
	if errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("compare with a bcrypt hash: %w", err)
	}
	return true, nil
}
