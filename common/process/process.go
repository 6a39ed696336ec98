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
	"maps"
	"slices"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
)

// Service is what a main runs. C is its configuration; a method Validate() error
// of *C checks what concerns several settings.
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
		return config.Table(out, &settings[C]{})
	}
	command, ok := s.Commands[args[0]]
	if !ok {
		return s.usage()
	}
	cfg, err := s.settings()
	if err != nil {
		return err
	}
	return command(ctx, cfg.Own, args[1:], out)
}

// usage tells which commands there are.
func (s Service[C]) usage() error {
	commands := "serve | migrate up|down|status | healthcheck | config"
	for _, name := range slices.Sorted(maps.Keys(s.Commands)) {
		commands += " | " + name
	}
	return fmt.Errorf("%w: %s [%s]", ErrUsage, s.Name, commands)
}

// settings are all that a service reads from its environment.
type settings[C any] struct {
	Own     C
	Logging telemetry.Config
}

// settings loads and checks them; its error lists all mistakes.
func (s Service[C]) settings() (settings[C], error) {
	var cfg settings[C]
	err := config.Load(s.Prefix, &cfg)
	if own, ok := any(&cfg.Own).(interface{ Validate() error }); ok {
		err = errors.Join(err, own.Validate())
	}
	return cfg, s.named(err)
}

func (s Service[C]) serve(ctx context.Context, out io.Writer) error {
	cfg, err := s.settings()
	if err != nil {
		return err
	}
	log := telemetry.NewLogger(out, cfg.Logging, s.Name)
	log.InfoContext(ctx, "starting", "version", web.Version())
	serving, done := context.WithCancel(ctx)
	go Rest(serving)
	err = s.Serve(ctx, cfg.Own, log)
	done()
	if err != nil && (ctx.Err() == nil || !errors.Is(err, context.Canceled)) {
		return err
	}
	log.InfoContext(ctx, "stopped")
	return nil
}

// load reads one part of the configuration.
func (s Service[C]) load(part any) error { return s.named(config.Load(s.Prefix, part)) }

func (s Service[C]) named(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("configuration of %s:\n%w", s.Name, err)
}

func (s Service[C]) migrate(ctx context.Context, args []string, out io.Writer) error {
	var cfg database.Config
	if err := s.load(&cfg); err != nil {
		return err
	}
	db, err := database.Open(ctx, cfg, slog.Default())
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // nothing is lost
	return database.MigrateCommand(ctx, db, s.Migrations, args, out)
}
