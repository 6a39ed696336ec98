// Command product-service keeps the catalogue, its prices and its stock, and
// reserves what orders ask for.
//
//	product-service [serve | migrate up|down|status | healthcheck | config]
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/product-service/app"
)

func main() {
	process.RelaxTimers(os.Args, os.Environ())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := app.Service().Run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "product-service: %v\n", err)
		os.Exit(1)
	}
}
