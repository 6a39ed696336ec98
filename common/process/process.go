// Package process is what the services' mains have in common: one binary with
// the commands serve (the default), migrate, healthcheck and config.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
)

// Service is what a main runs. C is its configuration.
type Service[C any] struct {
	Name       string // such as "order-service"
	Prefix     string // of its own environment variables, such as "ORDER"
	Migrations fs.FS
	Serve      func(ctx context.Context, cfg C, log *slog.Logger) error
	Commands   map[string]func(ctx context.Context, cfg C, args []string, out io.Writer) error // further ones
}

// ErrUsage reports a command that does not exist.
var ErrUsage = errors.New("unknown command")

// Run carries out the command that args name and returns when it is done, or
// when ctx ends. Logs and answers go to out.
func (s Service[C]) Run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		args = []string{"serve"}
	}
	switch args[0] {
	case "serve":
		return s.serve(ctx, out)
	case "migrate":
		return s.migrate(ctx, args[1:], out)
	case "healthcheck":
		return s.healthcheck(ctx)
	case "config":
		return config.Table(out, new(C))
	}
	command, ok := s.Commands[args[0]]
	if !ok {
		return fmt.Errorf("%w: %s [serve | migrate up|down|status | healthcheck | config]", ErrUsage, s.Name)
	}
	var cfg C
	if err := s.load(&cfg); err != nil {
		return err
	}
	return command(ctx, cfg, args[1:], out)
}

func (s Service[C]) serve(ctx context.Context, out io.Writer) error {
	var cfg C
	var logging telemetry.Config
	if err := errors.Join(config.Load(s.Prefix, &cfg), config.Load(s.Prefix, &logging)); err != nil {
		return fmt.Errorf("configuration of %s:\n%w", s.Name, err)
	}
	log := telemetry.NewLogger(out, logging, s.Name)
	log.InfoContext(ctx, "starting", "version", web.Version())
	if err := s.Serve(ctx, cfg, log); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	log.InfoContext(ctx, "stopped")
	return nil
}

// load reads one part of the configuration.
func (s Service[C]) load(part any) error {
	if err := config.Load(s.Prefix, part); err != nil {
		return fmt.Errorf("configuration of %s:\n%w", s.Name, err)
	}
	return nil
}

func (s Service[C]) migrate(ctx context.Context, args []string, out io.Writer) error {
	var cfg database.Config
	if err := s.load(&cfg); err != nil {
		return err
	}
	db, err := database.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing is lost
	return database.MigrateCommand(ctx, db, s.Migrations, args, out)
}

// healthcheck asks the service that runs with the same configuration whether it
// is ready, for container runtimes whose images hold no other program.
func (s Service[C]) healthcheck(ctx context.Context) error {
	var cfg web.ServerConfig
	if err := s.load(&cfg); err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(cfg.Address)
	if err != nil {
		return fmt.Errorf("HTTP_ADDR: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask %s: %w", s.Name, err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask %s: %w", s.Name, err)
	}
	defer answer.Body.Close() //nolint:errcheck // not read
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is not ready: %s", s.Name, answer.Status)
	}
	return nil
}
