// Command order-service takes orders and follows them to their end.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/order-service/app"
)

func main() {
	process.RelaxTimers(os.Args, os.Environ())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "order-service:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	service, err := app.Service()
	if err != nil {
		return err
	}
	return service.Run(ctx, args, os.Stdout)
}
