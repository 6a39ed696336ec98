package supervisor_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// TestMain is also a program that is to be killed: it starts another one, tells
// its process id, and stays.
func TestMain(m *testing.M) {
	if os.Getenv("SUPERVISOR_TEST_VICTIM") == "" {
		os.Exit(m.Run())
	}
	child, err := supervisor.New(func(string, ...any) {}).Start(script("grandchild", io.Discard, "exec sleep 1000"))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(child.PID())
	select {}
}

// notes collects output of several goroutines.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

func script(name string, out io.Writer, text string) supervisor.Program {
	return supervisor.Program{
		Name: name, Path: "/bin/sh", Arguments: []string{"sh", "-c", text},
		Output: out, Label: true, Patience: 10 * time.Second,
	}
}

func start(t *testing.T, p supervisor.Program) (*supervisor.Supervisor, *supervisor.Child) {
	t.Helper()
	s := supervisor.New(t.Logf)
	child, err := s.Start(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, child
}

// eventually waits until holds does, and fails the test when it does not.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// gone reports whether a process has ended, reaped or not.
func gone(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true
	}
	state := string(stat[bytes.LastIndexByte(stat, ')')+2])
	return state == "Z" || state == "X"
}

func TestKilledProgramIsStartedAgain(t *testing.T) {
	t.Parallel()
	var out notes
	s, child := start(t, script("lamp", &out, "echo on; exec sleep 1000"))
	defer child.Stop()
	changes := make(chan int, 1)
	s.OnChange(func() { changes <- child.PID() })
	child.Settle()
	eventually(t, "the lamp is on", func() bool { return strings.Contains(out.String(), "on\n") })
	first := child.PID()
	killed := time.Now()
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if second := <-changes; second == first {
		t.Errorf("process id is still %d", first)
	}
	if took := time.Since(killed); took > 300*time.Millisecond {
		t.Errorf("started again after %s, want at most 300ms", took)
	}
	eventually(t, "the lamp is on again", func() bool { return strings.Count(out.String(), "lamp | on\n") == 2 })
}

func TestProgramThatEndsAtStartIsAFailureWithItsLastLine(t *testing.T) {
	t.Parallel()
	p := script("lamp", io.Discard, "echo LAMP_COLOUR is required >&2; exit 3")
	p.Log = "lamp.log"
	s, child := start(t, p)
	defer child.Stop()
	ctx, cancel := s.Guard(t.Context())
	defer cancel()
	<-ctx.Done()
	got, want := context.Cause(ctx).Error(), "lamp ended at start (exit status 3): LAMP_COLOUR is required; see lamp.log"
	if got != want {
		t.Errorf("failure = %q, want %q", got, want)
	}
}

func TestSettledProgramIsStartedAgainEvenWhenItEndsByItself(t *testing.T) {
	t.Parallel()
	var out notes
	once := filepath.Join(t.TempDir(), "once")
	s, child := start(t, script("lamp", &out, "[ -e "+once+" ] && exec sleep 1000; echo on; while [ ! -e "+once+" ]; do sleep 0.01; done; exit 1"))
	defer child.Stop()
	changed := make(chan struct{}, 1)
	s.OnChange(func() { changed <- struct{}{} })
	child.Settle()
	eventually(t, "the lamp is on", func() bool { return strings.Contains(out.String(), "on\n") })
	if err := os.WriteFile(once, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	<-changed
}

func TestProgramThatCannotBeStartedIsAnError(t *testing.T) {
	t.Parallel()
	s := supervisor.New(t.Logf)
	defer s.Close()
	_, err := s.Start(supervisor.Program{Name: "lamp", Path: "/no/such/lamp", Output: io.Discard})
	if err == nil || !strings.Contains(err.Error(), "start lamp") {
		t.Errorf("Start = %v, want an error that names the lamp", err)
	}
}

func TestStopWaitsForAnOrderlyEnd(t *testing.T) {
	t.Parallel()
	var out notes
	_, child := start(t, script("lamp", &out, "trap 'echo off; exit 0' TERM; echo on; while :; do sleep 0.01; done"))
	eventually(t, "the lamp is on", func() bool { return strings.Contains(out.String(), "on\n") })
	child.Stop()
	if got := out.String(); !strings.HasSuffix(got, "lamp | off\n") {
		t.Errorf("output = %q, want it to end with off", got)
	}
}

func TestStopEndsAPausedProgram(t *testing.T) {
	t.Parallel()
	_, child := start(t, script("lamp", io.Discard, "exec sleep 1000"))
	if err := syscall.Kill(child.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	child.Stop()
	eventually(t, "it is gone", func() bool { return gone(child.PID()) })
}

func TestStopKillsWhatDoesNotListen(t *testing.T) {
	t.Parallel()
	var out notes
	p := script("lamp", &out, "trap '' TERM; echo on; while :; do sleep 0.01; done")
	p.Patience = time.Millisecond
	_, child := start(t, p)
	eventually(t, "the lamp is on", func() bool { return strings.Contains(out.String(), "on\n") })
	child.Stop()
	eventually(t, "it is gone", func() bool { return gone(child.PID()) })
}

func TestNothingOutlivesAKilledSupervisor(t *testing.T) {
	t.Parallel()
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), "SUPERVISOR_TEST_VICTIM=yes")
	output, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	defer victim.Wait()
	defer victim.Process.Kill()
	var pid int
	if _, err := fmt.Fscan(output, &pid); err != nil {
		t.Fatalf("read the grandchild's process id: %v", err)
	}
	victim.Process.Kill()
	eventually(t, "the grandchild is gone", func() bool { return gone(pid) })
}
