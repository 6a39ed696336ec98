// Command fleet runs the whole fleet on this machine, for development and trials.
//
//	fleet run [-split]        the fleet, until Ctrl-C; -split gives each service its own process
//	fleet reset               throws the data away
//	fleet infra COMMAND…      a command, such as the tests, on servers of its own
//	fleet kafka ADDR FOLDER   the broker alone, as a split fleet runs it
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/fleet/internal/fleet"
	"github.com/oms-fleet/oms/fleet/internal/home"
	"github.com/oms-fleet/oms/fleet/internal/infra"
	"github.com/oms-fleet/oms/fleet/internal/kafka"
)

// folder is where a fleet keeps its data, below the folder it is run in.
const folder = ".local"

var errUsage = errors.New("usage: fleet run [-split] | reset | infra COMMAND… | kafka ADDR FOLDER")

func main() {
	process.RelaxTimers(os.Args, os.Environ())
	// The first signal asks to stop, a second one ends us at once: the other
	// processes end with us.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop)
	status, err := command(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		status = 1
	}
	os.Exit(status)
}

func command(ctx context.Context, args []string) (status int, err error) {
	if len(args) == 0 {
		return 0, errUsage
	}
	name, args := args[0], args[1:]
	switch {
	case name == "run":
		return 0, run(ctx, args)
	case name == "reset" && len(args) == 0:
		return 0, home.Reset(folder)
	case name == "infra" && len(args) > 0:
		return infra.Run(ctx, infra.Command{Arguments: args, Environ: os.Environ(), Out: os.Stdout, Err: os.Stderr})
	case name == "kafka" && len(args) == 2:
		return 0, broker(ctx, args[0], args[1])
	}
	return 0, errUsage
}

// run runs the fleet until ctx ends or a part of it fails.
func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	split := flags.Bool("split", false, "each service in a process of its own")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return errUsage
	}
	own, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the programs: %w", err)
	}
	f, err := fleet.Start(ctx, fleet.Options{
		Folder: folder, Split: *split, Binaries: filepath.Dir(own), Environ: os.Environ(), Out: os.Stdout,
	})
	if ctx.Err() != nil && f == nil {
		return nil // called off while it started
	}
	if err != nil {
		return err
	}
	fmt.Print(f.Welcome())
	go process.Rest(ctx)
	select {
	case <-ctx.Done():
	case <-f.Failed():
	}
	f.Stop()
	return f.Failure()
}

// broker runs the Kafka broker alone.
func broker(ctx context.Context, address, data string) error {
	server, err := kafka.Embed(address, data, os.Stderr)
	if err != nil {
		return err
	}
	<-ctx.Done()
	server.Stop()
	return nil
}
