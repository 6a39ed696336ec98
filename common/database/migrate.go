package database

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrate brings the schema up to the newest of the migrations, numbered .sql
// files in the root of files. Several replicas may call it at once: one works
// under a lock in a table, the others wait. A schema newer than the migrations
// is accepted with a warning, so that a fleet can be upgraded one replica at a
// time.
func Migrate(ctx context.Context, db *sqlx.DB, files fs.FS, log *slog.Logger) error {
	return locked(ctx, db, files, log, func(provider *goose.Provider) error {
		if newer, err := warnIfNewer(ctx, provider, log); newer || err != nil {
			return err
		}
		applied, err := provider.Up(ctx)
		if err != nil {
			return failed(err)
		}
		for _, m := range applied {
			log.InfoContext(ctx, "schema migrated", "version", m.Source.Version, "duration", m.Duration)
		}
		return nil
	})
}

// locked runs work while no other process migrates the same schema. The lock is
// ours and not the provider's, which takes it only after it has made its table
// of versions: two replicas at an empty database would trip over each other.
func locked(ctx context.Context, db *sqlx.DB, files fs.FS, log *slog.Logger, work func(*goose.Provider) error) (err error) {
	calm, err := Unhurried(db)
	if err != nil {
		return err
	}
	defer calm.Close() //nolint:errcheck // nothing is lost
	provider, err := goose.NewProvider(goose.DialectMySQL, calm.DB, files,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	// A replica that dies while it migrates holds the others up for the lease.
	locker, err := lock.NewMySQLTableLocker(
		lock.WithTableLeaseDuration(10*time.Second),
		lock.WithTableHeartbeatInterval(2*time.Second),
		lock.WithTableLockTimeout(100*time.Millisecond, 6000),
		lock.WithTableLogger(log))
	if err != nil {
		return fmt.Errorf("prepare the migration lock: %w", err)
	}
	if err := locker.Lock(ctx, calm.DB); err != nil {
		return fmt.Errorf("wait for the migration lock: %w", err)
	}
	defer func() { err = errors.Join(err, locker.Unlock(context.WithoutCancel(ctx), calm.DB)) }()
	return work(provider)
}

// warnIfNewer reports whether the schema is ahead of this binary.
func warnIfNewer(ctx context.Context, provider *goose.Provider, log *slog.Logger) (bool, error) {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("read the schema's version: %w", err)
	}
	if current > target {
		log.WarnContext(ctx, "the schema is newer than this binary", "schema", current, "binary", target)
	}
	return current > target, nil
}

// failed tells which migration broke, in one line.
func failed(err error) error {
	if partial, ok := errors.AsType[*goose.PartialError](err); ok {
		return fmt.Errorf("migration %s: %w", partial.Failed.Source.Path, partial.Err)
	}
	return fmt.Errorf("migrate the schema: %w", err)
}

// ErrUsage reports a command that does not exist.
var ErrUsage = errors.New("usage: migrate up|down|status")

// MigrateCommand carries out "up" (all that is pending), "down" (takes back the
// last one) or "status", and tells on out what it did.
func MigrateCommand(ctx context.Context, db *sqlx.DB, files fs.FS, args []string, out io.Writer) error {
	commands := map[string]func(context.Context, *goose.Provider, io.Writer) error{
		"up": migrateUp, "down": migrateDown, "status": migrateStatus,
	}
	if len(args) != 1 || commands[args[0]] == nil {
		return ErrUsage
	}
	return locked(ctx, db, files, slog.New(slog.DiscardHandler), func(provider *goose.Provider) error {
		return commands[args[0]](ctx, provider, out)
	})
}

func migrateUp(ctx context.Context, provider *goose.Provider, out io.Writer) error {
	applied, err := provider.Up(ctx)
	if err != nil {
		return failed(err)
	}
	for _, m := range applied {
		fmt.Fprintf(out, "applied %s\n", m.Source.Path) //nolint:errcheck // to a terminal
	}
	fmt.Fprintf(out, "%d applied, nothing pending\n", len(applied)) //nolint:errcheck // to a terminal
	return nil
}

func migrateDown(ctx context.Context, provider *goose.Provider, out io.Writer) error {
	undone, err := provider.Down(ctx)
	if errors.Is(err, goose.ErrNoNextVersion) {
		fmt.Fprintln(out, "nothing to take back") //nolint:errcheck // to a terminal
		return nil
	}
	if err != nil {
		return failed(err)
	}
	fmt.Fprintf(out, "took back %s\n", undone.Source.Path) //nolint:errcheck // to a terminal
	return nil
}

func migrateStatus(ctx context.Context, provider *goose.Provider, out io.Writer) error {
	all, err := provider.Status(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	for _, m := range all {
		fmt.Fprintf(out, "%-8s %s\n", m.State, m.Source.Path) //nolint:errcheck // to a terminal
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema's version: %w", err)
	}
	if current > target {
		fmt.Fprintf(out, "the schema is newer (%d) than this binary (%d)\n", current, target) //nolint:errcheck // to a terminal
	}
	return nil
}
