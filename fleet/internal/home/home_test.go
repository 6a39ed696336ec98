package home_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/home"
)

func open(t *testing.T, dir string) *home.Home {
	t.Helper()
	h, err := home.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

func TestOnlyOneFleetLivesInAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := open(t, dir)
	_, err := home.Open(dir)
	if err == nil || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("second Open = %v, want one line that names process %d", err, os.Getpid())
	}
	if err := home.Reset(dir); err == nil {
		t.Error("Reset under a running fleet gave no error")
	}
	first.Close()
	open(t, dir)
}

func TestSecretStaysTheSameAndIsPrivate(t *testing.T) {
	t.Parallel()
	h := open(t, t.TempDir())
	first, err := h.Secret("key")
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Secret("key")
	if err != nil || again != first {
		t.Errorf("Secret again = %q, %v, want %q", again, err, first)
	}
	if other, _ := h.Secret("other"); other == first {
		t.Error("two secrets are the same")
	}
	info, err := os.Stat(h.Path("secrets", "key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of a secret = %v, %v, want 0600", info.Mode().Perm(), err)
	}
}

func TestResetLeavesNothingButTheLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, dir)
	if _, err := h.Secret("key"); err != nil {
		t.Fatal(err)
	}
	h.Close()
	if err := home.Reset(dir); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left after Reset: %q, %v; want the lock alone", left, err)
	}
	if err := home.Reset(filepath.Join(dir, "never made")); err != nil {
		t.Errorf("Reset of nothing = %v", err)
	}
}
