// Package redis gives the fleet its Redis: a private server whose data stays, an
// embedded one without a memory where no server is installed, or one that was
// given.
package redis

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/freeport"
	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// Config says what a private server is like.
type Config struct {
	Folder string    // for its data, kept from run to run
	Log    string    // file, to people
	Output io.Writer // takes its log
}

// Server is a Redis.
type Server struct {
	address  string
	child    *supervisor.Child // nil when embedded or given
	embedded *embedded
}

// Given is a Redis that somebody else runs.
func Given(where string) *Server { return &Server{address: where} }

// Start starts a private server and waits until it answers, or until ctx ends.
func Start(ctx context.Context, s *supervisor.Supervisor, cfg Config) (*Server, error) {
	where, err := freeport.Address()
	if err != nil {
		return nil, err
	}
	path, ok := find()
	if !ok {
		return startEmbedded(where)
	}
	// Only its owner reads what sessions are in there.
	if err := os.MkdirAll(cfg.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("make Redis's folder: %w", err)
	}
	child, err := s.Start(cfg.program(path, where))
	if err != nil {
		return nil, err
	}
	if err := await(ctx, where); err != nil {
		child.Stop()
		return nil, err
	}
	child.Settle()
	return &Server{address: where, child: child}, nil
}

// find returns a Redis server of this machine. Debian's redis-tools, which
// starts no service, has it too, under the name of one of its other uses.
func find() (string, bool) {
	for _, name := range []string{"redis-server", "valkey-server", "redis-check-rdb"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}

// program is the server as it is supervised. What it has answered outlives its
// being killed, unless the disk holds up a sync just then: then, and in a power
// cut, up to 2 s are lost.
func (c Config) program(path, where string) supervisor.Program {
	host, port, _ := strings.Cut(where, ":")
	return supervisor.Program{
		Name: "redis", Path: path,
		// The first argument makes a Redis server of the program, whatever its file is called.
		Arguments: []string{
			"redis-server", "--bind", host, "--port", port, "--dir", c.Folder, "--save", "", "--daemonize", "no",
			"--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction",
		},
		Output: c.Output, Log: c.Log, Patience: 10 * time.Second,
	}
}

// await asks until the server answers that it has read its data.
func await(ctx context.Context, where string) error {
	for !answers(ctx, where) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for Redis: %w", context.Cause(ctx))
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func answers(ctx context.Context, where string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", where)
	if err != nil {
		return false
	}
	defer conn.Close() //nolint:errcheck // nothing is lost
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return false
	}
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return false
	}
	answer := make([]byte, len("+PONG"))
	_, err = io.ReadFull(conn, answer)
	return err == nil && string(answer) == "+PONG"
}

// Address is where the server listens, as host:port.
func (s *Server) Address() string { return s.address }

// PID is the server's process: ours when it is embedded, 0 when it was given.
func (s *Server) PID() int {
	switch {
	case s.child != nil:
		return s.child.PID()
	case s.embedded != nil:
		return os.Getpid()
	default:
		return 0
	}
}

// Stop stops a private or an embedded server and leaves a given one alone.
func (s *Server) Stop() {
	s.child.Stop()
	s.embedded.stop()
}
