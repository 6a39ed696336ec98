// Package supervisor runs the fleet's other programs as a container runtime
// would: it starts them, starts them again when they die, stops them in good
// order, and sees to it that none outlives this process, even one that is killed.
package supervisor

import (
	"context"
	"os/exec"
	"runtime"
	"sync"
)

// Supervisor starts programs. Close it after the last of them has been stopped.
type Supervisor struct {
	starts chan func()
	failed chan struct{} // closed at the first failure
	say    func(format string, args ...any)

	mu       sync.Mutex
	failure  error
	onChange func()
}

// New returns a supervisor that tells people through say what has ended and is
// started again.
func New(say func(format string, args ...any)) *Supervisor {
	s := &Supervisor{starts: make(chan func()), failed: make(chan struct{}), say: say, onChange: func() {}}
	go s.start()
	return s
}

// start runs what is to be done on the one thread that starts programs. The
// kernel kills a child when the thread that started it ends, not the process,
// so this thread must live as long as the supervisor.
func (s *Supervisor) start() {
	runtime.LockOSThread() // and never unlocked: the thread ends with this function
	for start := range s.starts {
		start()
	}
}

// onThread runs do on that thread and returns its error.
func (s *Supervisor) onThread(do func() error) error {
	done := make(chan error)
	s.starts <- func() { done <- do() }
	return <-done
}

// Once starts a command that is not started again when it ends. It dies with this
// process all the same.
func (s *Supervisor) Once(command *exec.Cmd) error {
	command.SysProcAttr = attributes(nil)
	return s.onThread(command.Start)
}

// Close ends the supervisor, and what still runs under it at once.
func (s *Supervisor) Close() { close(s.starts) }

// Failed is closed at the first failure that starting again cannot mend: a
// program that ended by itself before it was settled, or what Fail was told.
func (s *Supervisor) Failed() <-chan struct{} { return s.failed }

// Failure is the first failure, nil as long as there is none.
func (s *Supervisor) Failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// Fail reports a failure of a part that is no program of its own. The first one
// is kept: the others follow from it.
func (s *Supervisor) Fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil {
		s.failure = err
		close(s.failed)
	}
}

// Guard returns a context that ends with ctx or at the first failure, which is
// its cause then: for waiting until something answers that may never.
func (s *Supervisor) Guard(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-s.failed:
			cancel(s.Failure())
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}

// OnChange has do called whenever a program got a new process id.
func (s *Supervisor) OnChange(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange = do
}

func (s *Supervisor) changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onChange()
}
