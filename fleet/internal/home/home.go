// Package home is the folder in which a fleet keeps what outlives it: data,
// secrets, and the file that says where it runs. One fleet at a time lives in a
// folder.
package home

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const lockFile = "lock"

// Home is a folder that this process alone lives in until it is closed.
type Home struct {
	dir  string
	lock *os.File
}

// Open makes the folder where needed and moves in. It fails with one clear line
// when another fleet lives there.
func Open(dir string) (*Home, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", dir, err)
	}
	// Others may pass: the database may run as a user of its own. What is in the
	// folder has stricter rights.
	if err := os.MkdirAll(dir, 0o755); err != nil { // #nosec G301 -- see above
		return nil, fmt.Errorf("make the fleet's folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600) // #nosec G304 -- our own folder
	if err != nil {
		return nil, fmt.Errorf("lock the fleet's folder: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer lock.Close() //nolint:errcheck // only read from
		return nil, fmt.Errorf("another fleet runs in %s (process %s); stop it first", dir, holder(lock))
	}
	h := &Home{dir: dir, lock: lock}
	if err := h.sign(); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// holder reads who wrote itself into the lock.
func holder(lock *os.File) string {
	text := make([]byte, 20)
	n, _ := lock.ReadAt(text, 0)
	if pid := strings.TrimSpace(string(text[:n])); pid != "" {
		return pid
	}
	return "unknown"
}

// sign writes this process into the lock.
func (h *Home) sign() error {
	if err := h.lock.Truncate(0); err != nil {
		return fmt.Errorf("sign the lock: %w", err)
	}
	if _, err := h.lock.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fmt.Errorf("sign the lock: %w", err)
	}
	return nil
}

// Close moves out; the folder stays.
func (h *Home) Close() { h.lock.Close() } //nolint:errcheck // the lock ends with the descriptor

// Path is the place of something in the folder.
func (h *Home) Path(names ...string) string {
	return filepath.Join(append([]string{h.dir}, names...)...)
}

// Secret returns 32 random bytes as text without marks that need quoting, the same ones for a name as long as
// the folder is kept.
func (h *Home) Secret(name string) (string, error) {
	path := h.Path("secrets", name)
	kept, err := os.ReadFile(path) // #nosec G304 -- our own folder
	if err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read secret %s: %w", name, err)
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	secret := base64.RawURLEncoding.EncodeToString(random[:])
	if err := os.MkdirAll(h.Path("secrets"), 0o700); err != nil {
		return "", fmt.Errorf("keep secret %s: %w", name, err)
	}
	if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep secret %s: %w", name, err)
	}
	return secret, nil
}

// Reset throws away all that the folder holds, unless a fleet lives there.
func Reset(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	h, err := Open(dir)
	if err != nil {
		return err
	}
	defer h.Close()
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		return fmt.Errorf("read the fleet's folder: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() == lockFile { // held, so that nobody moves in meanwhile
			continue
		}
		if err := os.RemoveAll(h.Path(entry.Name())); err != nil {
			return fmt.Errorf("throw away %s: %w", entry.Name(), err)
		}
	}
	return nil
}
