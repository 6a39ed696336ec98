// Package infra runs a command, such as the tests, on servers of its own that
// live as long as the command: a database that forgets and a Redis.
package infra

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/fleet/internal/database"
	"github.com/oms-fleet/oms/fleet/internal/redis"
	"github.com/oms-fleet/oms/fleet/internal/supervisor"
)

// Command is what to run.
type Command struct {
	Arguments []string
	Environ   []string
	Out, Err  io.Writer
}

// Run starts the servers, runs the command with TEST_MYSQL_DSN and
// TEST_REDIS_ADDR set, and stops the servers again. It returns the command's
// exit status. When ctx ends the command is asked to stop.
func Run(ctx context.Context, c Command) (status int, err error) {
	folder, err := os.MkdirTemp("", "oms-infra-")
	if err != nil {
		return 0, fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	// The database may run as a user of its own, who must come through.
	if err := os.Chmod(folder, 0o711); err != nil { // #nosec G302 -- its contents are closed
		return 0, fmt.Errorf("open the folder: %w", err)
	}
	s := supervisor.New(func(format string, args ...any) { _, _ = fmt.Fprintf(c.Err, format+"\n", args...) })
	defer s.Close()
	guarded, cancel := s.Guard(ctx)
	defer cancel()
	servers, err := start(guarded, s, folder)
	defer servers.stop()
	if err != nil {
		return 0, err
	}
	return servers.run(guarded, c)
}

// servers are those that run, each nil if it does not.
type servers struct {
	database *database.Server
	redis    *redis.Server
}

func start(ctx context.Context, s *supervisor.Supervisor, folder string) (*servers, error) {
	log, err := os.Create(filepath.Join(folder, "log")) // #nosec G304 -- our own folder
	if err != nil {
		return &servers{}, fmt.Errorf("make a log: %w", err)
	}
	var found servers
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		found.database, err = database.Start(ctx, s, database.Config{
			Folder: filepath.Join(folder, "database"), Settings: database.Fleeting(), Say: func(string, ...any) {}, Output: log,
			Accounts: []database.Account{{User: "test", Password: "test"}},
		})
		return err
	})
	g.Go(func() (err error) {
		found.redis, err = redis.Start(ctx, s, redis.Config{Folder: filepath.Join(folder, "redis"), Output: log})
		return err
	})
	return &found, g.Wait()
}

func (s *servers) stop() {
	if s.redis != nil {
		s.redis.Stop()
	}
	if s.database != nil {
		s.database.Stop()
	}
}

func (s *servers) run(ctx context.Context, c Command) (status int, err error) {
	command := exec.CommandContext(ctx, c.Arguments[0], c.Arguments[1:]...) // #nosec G204 -- it is for the caller to say
	command.Env = append(c.Environ, "TEST_MYSQL_DSN="+s.database.DSN(""), "TEST_REDIS_ADDR="+s.redis.Address())
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, c.Out, c.Err
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	err = command.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok && ended.Exited() {
		return ended.ExitCode(), nil
	}
	if err != nil {
		return 0, fmt.Errorf("run %s: %w", c.Arguments[0], err)
	}
	return 0, nil
}
