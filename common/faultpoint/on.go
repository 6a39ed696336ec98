//go:build faultpoints

package faultpoint

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Folder names the environment variable that says where points are armed.
const Folder = "FAULTPOINTS"

// Reach ends this process, as kill -9 would, if the file of that name lies in
// the folder. The file is taken away first, so that one process dies once. A
// file that holds a duration makes it pause instead, and one that holds Stop
// makes it stand still, as SIGSTOP does, until it is woken up.
func Reach(name string) {
	folder := os.Getenv(Folder)
	if folder == "" {
		return
	}
	path := filepath.Join(folder, name)
	text, err := os.ReadFile(path) // #nosec G304 -- test builds only
	if err != nil || os.Remove(path) != nil {
		return // not armed, or another was faster
	}
	if string(text) == Stop {
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		time.Sleep(100 * time.Millisecond) // until the signal has come
		return
	}
	if pause, err := time.ParseDuration(strings.TrimSpace(string(text))); err == nil {
		time.Sleep(pause)
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // until the signal has come
}
