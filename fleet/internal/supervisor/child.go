package supervisor

import (
	"errors"
	"fmt"
	"os/exec"
	"sync/atomic"
	"time"
)

const (
	shortestPause = 50 * time.Millisecond
	longestPause  = 2 * time.Second
	longLife      = 5 * time.Second // who lived so long is started again at once
)

// Child is a program that is kept running until it is stopped.
type Child struct {
	supervisor *Supervisor
	program    Program
	pid        atomic.Int64
	settled    atomic.Bool
	stop, done chan struct{}
}

// Start starts a program and keeps it running. Until it is settled, ending by
// itself is a failure: what is wrong then, such as its configuration, would be
// wrong the next time too.
func (s *Supervisor) Start(p Program) (*Child, error) {
	c := &Child{supervisor: s, program: p, stop: make(chan struct{}), done: make(chan struct{})}
	first, err := c.run()
	if err != nil {
		return nil, err
	}
	go c.keep(first)
	return c, nil
}

// PID is the id of its present process.
func (c *Child) PID() int { return int(c.pid.Load()) }

// Settle says that the program has started well. From now on it is started
// again however it ends. A nil child has nothing to settle.
func (c *Child) Settle() {
	if c != nil {
		c.settled.Store(true)
	}
}

// Stop ends the program for good: it is asked to, and killed when it has not
// ended within its patience. A nil child is stopped already.
func (c *Child) Stop() {
	if c == nil {
		return
	}
	close(c.stop)
	<-c.done
}

// run starts one process of the program.
func (c *Child) run() (*process, error) {
	p := newProcess(c.program)
	if err := c.supervisor.onThread(p.command.Start); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.program.Name, err)
	}
	c.pid.Store(int64(p.command.Process.Pid))
	go p.wait()
	return p, nil
}

func (c *Child) keep(p *process) {
	defer close(c.done)
	pause := shortestPause
	for {
		select {
		case <-c.stop:
			p.end(c.program.Patience)
			return
		case <-p.ended:
		}
		if status, ok := errors.AsType[*exec.ExitError](p.err); !c.settled.Load() && (!ok || status.Exited()) {
			c.supervisor.Fail(c.verdict(p))
			return
		}
		if time.Since(p.started) > longLife {
			pause = shortestPause
		}
		c.supervisor.say("%s ended (%s) and is started again", c.program.Name, p.verdict())
		if p = c.again(&pause); p == nil {
			return
		}
		c.supervisor.changed()
	}
}

// again starts the program after a pause that grows from time to time, and
// returns nil when it was stopped meanwhile.
func (c *Child) again(pause *time.Duration) *process {
	for {
		select {
		case <-c.stop:
			return nil
		case <-time.After(*pause):
		}
		*pause = min(*pause*2, longestPause)
		p, err := c.run()
		if err == nil {
			return p
		}
		c.supervisor.say("%v", err)
	}
}

// verdict says how the program ended at its start.
func (c *Child) verdict(p *process) error {
	text := fmt.Sprintf("%s ended at start (%s): %s", c.program.Name, p.verdict(), p.output.last())
	if c.program.Log != "" {
		text += "; see " + c.program.Log
	}
	return errors.New(text)
}
