// Command drill keeps a fleet busy while something happens to it, and tells
// whether the fleet kept its promises.
//
//	drill load [flags] COMMAND…   orders at a steady rate while COMMAND runs
//	drill check [flags] LEDGER    the promises for the orders in that file, also after a replay
//
// The scripts in deploy/drills are its users.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/drill"
	"github.com/oms-fleet/oms/fleet/internal/shop"
	"github.com/oms-fleet/oms/fleet/internal/topics"
)

// patience bounds how long a fleet may take to come to rest.
const patience = 3 * time.Minute

var errUsage = errors.New("usage: drill load [-rate N] [-strict] -ledger FILE COMMAND… | check [-kafka HOST:PORT] FILE")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "drill:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("drill", flag.ContinueOnError)
	gateway := flags.String("gateway", "http://localhost:8080", "the fleet's address")
	email := flags.String("admin", "admin@example.com", "an admin's account")
	password := flags.String("password", "OmsDemo!2026", "its password")
	rate := flags.Int("rate", 200, "orders a second")
	kafka := flags.String("kafka", "127.0.0.1:9092", "the fleet's broker")
	ledger := flags.String("ledger", "", "the file for what was accepted")
	strict := flags.Bool("strict", false, "no request may fail")
	longest := flags.Duration("longest", 22*time.Second, "no answer may take longer")
	if len(args) == 0 {
		return errUsage
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	s := shop.New(*gateway)
	admin, err := s.SignIn(ctx, *email, *password)
	if err != nil {
		return fmt.Errorf("sign in as %s: %w", *email, err)
	}
	switch {
	case args[0] == "load" && *ledger != "" && flags.NArg() > 0:
		load := drill.Load{Shop: s, Admin: admin, Rate: *rate, Strict: *strict, Longest: *longest, Patience: patience}
		return loaded(ctx, load, *ledger, flags.Args())
	case args[0] == "check" && flags.NArg() == 1:
		return check(ctx, admin, topics.Topics{Broker: *kafka}, flags.Arg(0))
	}
	return errUsage
}

// loaded runs a command under load and keeps what was accepted meanwhile.
func loaded(ctx context.Context, load drill.Load, path string, command []string) error {
	ledger, tally, err := load.While(ctx, func(ctx context.Context) error {
		c := exec.CommandContext(ctx, command[0], command[1:]...) // #nosec G204 -- that is what this program is for
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		return c.Run()
	})
	fmt.Println(tally)
	return errors.Join(err, drill.Keep(path, ledger))
}

// check expects that all promises are kept, and still are when all that was ever
// sent about these orders was sent again.
func check(ctx context.Context, admin *shop.Person, broker topics.Topics, path string) error {
	ledger, err := drill.Read(path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := admin.Check(ctx, ledger); err != nil {
		return fmt.Errorf("a promise is broken: %w", err)
	}
	if err := broker.Replay(ctx, ledger.Orders...); err != nil {
		return fmt.Errorf("send all messages again: %w", err)
	}
	if err := admin.Check(ctx, ledger); err != nil {
		return fmt.Errorf("a promise is broken after a replay: %w", err)
	}
	fmt.Printf("all promises kept for %d orders, also after a replay of all messages\n", len(ledger.Orders))
	return nil
}
