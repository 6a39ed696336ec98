package supervisor

import (
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Program is what to run, and how.
type Program struct {
	Name      string // to people
	Path      string
	Arguments []string // the first is the program's name for itself
	Env       []string // nil: ours
	Folder    string   // to run in; "": ours
	User      *syscall.Credential
	Output    io.Writer     // takes whole lines
	Label     bool          // each line begins with Name
	Log       string        // where people read more of what it says; "": nowhere
	Patience  time.Duration // how long it may take to stop
}

// process is one process of a program.
type process struct {
	command *exec.Cmd
	output  *lines
	started time.Time
	ended   chan struct{}
	err     error // once ended
}

func newProcess(p Program) *process {
	output := &lines{out: p.Output}
	if p.Label {
		output.label = p.Name
	}
	return &process{
		command: &exec.Cmd{
			Path: p.Path, Args: p.Arguments, Env: p.Env, Dir: p.Folder, Stdout: output, Stderr: output,
			SysProcAttr: attributes(p.User),
			WaitDelay:   time.Second, // for its output, when a grandchild holds on to it
		},
		output:  output,
		started: time.Now(),
		ended:   make(chan struct{}),
	}
}

func (p *process) wait() {
	p.err = p.command.Wait()
	p.output.flush()
	close(p.ended)
}

// end asks the process to stop and waits until it has, at most for patience.
func (p *process) end(patience time.Duration) {
	p.signal(syscall.SIGTERM)
	p.signal(syscall.SIGCONT) // a paused one could not obey
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.signal(syscall.SIGKILL)
		<-p.ended
	}
}

func (p *process) signal(s os.Signal) {
	_ = p.command.Process.Signal(s) // it may have ended just now
}

// verdict says how the process ended.
func (p *process) verdict() string {
	if p.command.ProcessState == nil {
		return "unknown"
	}
	return p.command.ProcessState.String()
}
