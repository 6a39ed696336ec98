package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/facts"
)

// patience bounds every wait for a condition.
const patience = 60 * time.Second

// programs is the folder with all programs.
var programs string

func TestMain(m *testing.M) {
	status, err := build(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// build makes the programs for as long as the tests run.
func build(tests func() int) (status int, err error) {
	if programs, err = os.MkdirTemp("", "oms-programs-"); err != nil {
		return 0, err
	}
	defer os.RemoveAll(programs)
	command := exec.Command("go", "build", "-trimpath", "-o", programs+"/", "github.com/oms-fleet/oms/fleet",
		"github.com/oms-fleet/oms/user-service", "github.com/oms-fleet/oms/product-service", "github.com/oms-fleet/oms/order-service")
	if out, err := command.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build the programs: %w\n%s", err, out)
	}
	return tests(), nil
}

// trial is one run of the program.
type trial struct {
	*exec.Cmd
	folder string

	mu     sync.Mutex
	output bytes.Buffer
}

func (r *trial) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.output.Write(p)
}

func (r *trial) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.output.String()
}

// start runs the program in a folder, on free ports unless env says otherwise.
// What is left of it is killed at the end of the test.
func start(t *testing.T, folder string, env []string, args ...string) *trial {
	t.Helper()
	r := &trial{Cmd: exec.Command(filepath.Join(programs, "fleet"), args...), folder: folder}
	r.Dir, r.Stdout, r.Stderr = folder, r, r
	for _, name := range []string{"GATEWAY", "USER", "PRODUCT", "ORDER", "KAFKA"} {
		r.Env = append(r.Env, "FLEET_"+name+"_ADDR=127.0.0.1:0")
	}
	r.Env = append(append(os.Environ(), r.Env...), env...)
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Process.Kill() })
	return r
}

// status waits until the run has ended and returns its exit status.
func (r *trial) status(t *testing.T) int {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- r.Wait() }()
	select {
	case <-ended:
		return r.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatalf("still runs after %s:\n%s", patience, r.said())
		return 0
	}
}

// facts reads fleet.json, false when it is not there.
func (r *trial) facts() (found facts.Facts, ok bool) {
	text, err := os.ReadFile(filepath.Join(r.folder, ".local", "fleet.json"))
	return found, err == nil && json.Unmarshal(text, &found) == nil
}

// ready waits until the fleet says where it is.
func (r *trial) ready(t *testing.T) facts.Facts {
	t.Helper()
	eventually(t, r, "the fleet is ready", func() bool { _, ok := r.facts(); return ok })
	found, _ := r.facts()
	return found
}

func eventually(t *testing.T, r *trial, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %s: %s\n%s", patience, what, r.said())
		}
	}
}

func answers(url string, want int) bool {
	answer, err := http.Get(url)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == want
}

// gone reports whether a process has ended, reaped or not.
func gone(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err != nil || strings.ContainsAny(string(stat[bytes.LastIndexByte(stat, ')')+2]), "ZX")
}

func wantAllGone(t *testing.T, r *trial, f facts.Facts) {
	t.Helper()
	for name, pid := range f.PIDs {
		eventually(t, r, name+" is gone", func() bool { return gone(pid) })
	}
}

func interrupt(t *testing.T, r *trial) {
	t.Helper()
	if err := r.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}
