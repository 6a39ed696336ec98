// Command user-service keeps accounts, signs people in and issues the tokens
// that the other services trust.
//
//	user-service [serve | migrate up|down|status | rotate-keys | healthcheck | config]
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/user-service/app"
)

func main() {
	process.RelaxTimers(os.Args, os.Environ())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := app.Service().Run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "user-service: %v\n", err)
		os.Exit(1)
	}
}
