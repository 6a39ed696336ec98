package process_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/oms-fleet/oms/common/process"
)

// TestMain is the main of a relaxed program when a test starts this one again.
func TestMain(m *testing.M) {
	if os.Getenv("RELAXED_MAIN") == "" {
		os.Exit(m.Run())
	}
	process.RelaxTimers(os.Args, os.Environ())
	fmt.Println(os.Getpid(), os.Args[1:], slacks(4))
}

// slacks are those of so many threads.
func slacks(threads int) []time.Duration {
	all := make([]time.Duration, threads)
	var together, done sync.WaitGroup
	together.Add(threads)
	for i := range all {
		done.Go(func() {
			runtime.LockOSThread()
			together.Done()
			together.Wait() // so each is on another
			slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
			if err == nil {
				all[i] = time.Duration(slack)
			}
		})
	}
	done.Wait()
	return all
}

func TestRelaxedProgramIsTheSameOneWithSlackInAllItsThreads(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(program, "serve", "it all")
	child.Env = append(os.Environ(), "RELAXED_MAIN=yes")
	var told strings.Builder
	child.Stdout, child.Stderr = &told, &told
	runtime.LockOSThread() // and never unlocked: the child inherits this thread's slack, however the tests were started
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, 50_000, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	id := child.Process.Pid
	if err := child.Wait(); err != nil {
		t.Fatalf("%v: %s", err, told.String())
	}
	want := fmt.Sprintln(id, []string{"serve", "it all"}, []time.Duration{process.Slack, process.Slack, process.Slack, process.Slack})
	if told.String() != want {
		t.Errorf("the program says %q, want %q", told.String(), want)
	}
}
