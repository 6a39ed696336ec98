// Command user-service keeps accounts, signs people in and issues the tokens
// that the other services trust.
//
//	user-service [serve | migrate up|down|status | rotate-keys | healthcheck | config]
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/user-service/app"
)

// prefix addresses this service's settings where several share one environment.
const prefix = "USER"

var errUsage = errors.New("usage: user-service [serve | migrate up|down|status | rotate-keys | healthcheck | config]")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "user-service: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return serve(ctx)
	}
	switch args[0] {
	case "serve":
		return serve(ctx)
	case "migrate":
		return migrate(ctx, args[1:])
	case "rotate-keys":
		return rotateKeys(ctx)
	case "healthcheck":
		return healthcheck(ctx)
	case "config":
		return config.Table(os.Stdout, &app.Config{})
	default:
		return errUsage
	}
}

func serve(ctx context.Context) error {
	var cfg app.Config
	if err := errors.Join(config.Load(prefix, &cfg), cfg.Validate()); err != nil {
		return fmt.Errorf("read configuration:\n%w", err)
	}
	log := telemetry.NewLogger(os.Stdout, cfg.Log, "user-service")
	slog.SetDefault(log)
	go process.Rest(ctx)
	return app.Run(ctx, cfg, log)
}

func migrate(ctx context.Context, args []string) error {
	var cfg database.Config
	if err := config.Load(prefix, &cfg); err != nil {
		return fmt.Errorf("read configuration:\n%w", err)
	}
	return app.Migrate(ctx, cfg, args, os.Stdout)
}

// rotateKeys lets another key sign access tokens. Replicas that run notice.
func rotateKeys(ctx context.Context) error {
	var cfg app.Config
	if err := config.Load(prefix, &cfg); err != nil {
		return fmt.Errorf("read configuration:\n%w", err)
	}
	return app.RotateKeys(ctx, cfg, os.Stdout)
}

// healthcheck asks the service that runs here whether it is ready, for
// containers whose image has no other program.
func healthcheck(ctx context.Context) error {
	var cfg web.ServerConfig
	if err := config.Load(prefix, &cfg); err != nil {
		return fmt.Errorf("read configuration:\n%w", err)
	}
	return app.Healthcheck(ctx, cfg.Address)
}
