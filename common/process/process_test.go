package process_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/process"
	"github.com/oms-fleet/oms/common/web"
)

// The environment belongs to the whole process, so these tests do not run in
// parallel.

var (
	update    = flag.Bool("update", false, "rewrite golden files")
	errBroken = errors.New("broken")
	errOdd    = errors.New("SHOP_SIZE is odd")
)

// settings are those of a service of the tests' own.
type settings struct {
	Server   web.ServerConfig
	Database database.Config
	Size     int           `envconfig:"SHOP_SIZE" default:"2" min:"1" desc:"things at most"`
	Key      config.Secret `envconfig:"SHOP_KEY" required:"true" desc:"opens the shop"`
}

// Validate refuses odd sizes.
func (s *settings) Validate() error {
	if s.Size%2 != 0 {
		return errOdd
	}
	return nil
}

// shop is a service whose serving is serve.
func shop(serve func(context.Context, settings, *slog.Logger) error) process.Service[settings] {
	return process.Service[settings]{
		Name: "shop", Prefix: "SHOP", Serve: serve,
		Migrations: fstest.MapFS{"00001_things.sql": {Data: []byte("-- +goose Up\nCREATE TABLE things (x INT);\n-- +goose Down\nDROP TABLE things;\n")}},
		Commands: map[string]func(context.Context, settings, []string, io.Writer) error{
			"count": func(_ context.Context, cfg settings, args []string, out io.Writer) error {
				_, err := io.WriteString(out, strings.Repeat(strings.Join(args, " "), cfg.Size))
				return err
			},
		},
	}
}

func good(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{"HTTP_ADDR": "127.0.0.1:0", "DB_DSN": "u@tcp(h:1)/x", "SHOP_KEY": "hunter2"} {
		t.Setenv(name, value)
	}
}

func TestServeIsWhatAServiceDoesUnlessToldOtherwise(t *testing.T) {
	good(t)
	t.Setenv("LOG_LEVEL", "warn")
	for _, args := range [][]string{nil, {"serve"}} {
		var said strings.Builder
		err := shop(func(ctx context.Context, cfg settings, log *slog.Logger) error {
			if cfg.Key.Reveal() != "hunter2" || cfg.Server.Address != "127.0.0.1:0" || cfg.Size != 2 {
				t.Errorf("served with %+v", cfg)
			}
			log.InfoContext(ctx, "quiet")
			log.WarnContext(ctx, "loud")
			return nil
		}).Run(t.Context(), args, &said)
		if err != nil || !strings.Contains(said.String(), `"msg":"loud","service":"shop"`) || strings.Contains(said.String(), "quiet") {
			t.Errorf("Run(%v) = %v and logs %s", args, err, said.String())
		}
	}
}

func TestAllMistakesOfAllPartsComeInOneGo(t *testing.T) {
	t.Setenv("DB_CONNECTIONS", "many")
	t.Setenv("SHUTDOWN_TIMEOUT", "-1s")
	t.Setenv("SHOP_SIZE", "3")
	t.Setenv("SHOP_KEY", "")
	t.Setenv("SHOP_LOG_FORMAT", "hunter2")
	err := shop(func(context.Context, settings, *slog.Logger) error {
		t.Error("served all the same")
		return nil
	}).Run(t.Context(), nil, io.Discard)
	want := []string{
		"configuration of shop:",
		"HTTP_ADDR is required",
		"SHUTDOWN_TIMEOUT is below 0s",
		"DB_DSN is required",
		"DB_CONNECTIONS is not a whole number",
		"SHOP_KEY is set but empty",
		"SHOP_LOG_FORMAT is none of auto, text, json",
		"SHOP_SIZE is odd",
	}
	if err == nil {
		t.Fatal("Run found nothing wrong")
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestServiceThatBreaksFailsAndOneThatIsStoppedDoesNot(t *testing.T) {
	good(t)
	breaking := shop(func(context.Context, settings, *slog.Logger) error { return errBroken })
	if err := breaking.Run(t.Context(), nil, io.Discard); !errors.Is(err, errBroken) {
		t.Errorf("Run = %v, want what broke", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	leaving := shop(func(ctx context.Context, _ settings, _ *slog.Logger) error { return ctx.Err() })
	if err := leaving.Run(stopped, nil, io.Discard); err != nil {
		t.Errorf("Run when stopped = %v", err)
	}
	confused := shop(func(context.Context, settings, *slog.Logger) error { return context.Canceled })
	if err := confused.Run(t.Context(), nil, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v, want a failure: nobody stopped it", err)
	}
}

func TestMigrateNeedsOnlyTheDatabase(t *testing.T) {
	t.Setenv("SHOP_DB_DSN", databasetest.DSN(t))
	for _, step := range []struct{ arg, want string }{{"status", "pending"}, {"up", "1 applied"}, {"down", "took back"}} {
		var out strings.Builder
		if err := shop(nil).Run(t.Context(), []string{"migrate", step.arg}, &out); err != nil || !strings.Contains(out.String(), step.want) {
			t.Errorf("migrate %s = %v and says %q, want %q", step.arg, err, out.String(), step.want)
		}
	}
	if err := shop(nil).Run(t.Context(), []string{"migrate"}, io.Discard); !errors.Is(err, database.ErrUsage) {
		t.Errorf("migrate = %v, want its usage", err)
	}
	t.Setenv("SHOP_DB_DSN", "")
	if err := shop(nil).Run(t.Context(), []string{"migrate", "up"}, io.Discard); err == nil || err.Error() != "configuration of shop:\nSHOP_DB_DSN is set but empty" {
		t.Errorf("migrate = %v, want the mistake", err)
	}
}

func TestConfigPrintsATableOfAllSettings(t *testing.T) {
	const golden = "testdata/config.md"
	var got strings.Builder
	if err := shop(nil).Run(t.Context(), []string{"config"}, &got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("config (-want +got; -update rewrites it):\n%s", diff)
	}
}

func TestServiceMayHaveCommandsOfItsOwn(t *testing.T) {
	good(t)
	var out strings.Builder
	if err := shop(nil).Run(t.Context(), []string{"count", "a", "b"}, &out); err != nil || out.String() != "a ba b" {
		t.Errorf("count = %v and says %q", err, out.String())
	}
	t.Setenv("SHOP_SIZE", "0")
	if err := shop(nil).Run(t.Context(), []string{"count"}, io.Discard); err == nil || !strings.Contains(err.Error(), "SHOP_SIZE is below 1") {
		t.Errorf("count = %v, want the mistake", err)
	}
}

func TestCommandThatDoesNotExistTellsThoseThatDo(t *testing.T) {
	for _, args := range [][]string{{"dance"}, {"--help"}, {""}} {
		err := shop(nil).Run(t.Context(), args, io.Discard)
		if !errors.Is(err, process.ErrUsage) || !strings.Contains(err.Error(), "shop [serve | migrate up|down|status | healthcheck | config | count]") {
			t.Errorf("Run(%v) = %v, want the usage", args, err)
		}
	}
}
