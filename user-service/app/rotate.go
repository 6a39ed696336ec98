package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/user-service/internal/entity"
	"github.com/oms-fleet/oms/user-service/internal/service"
)

// RotateKeys lets another key sign access tokens, at once or as soon as
// verifiers know it, and tells which keys there are then. Services that run
// notice within seconds.
func RotateKeys(ctx context.Context, cfg Config, _ []string, out io.Writer) error {
	db, err := database.Open(ctx, cfg.Database, slog.Default())
	if err != nil {
		return fmt.Errorf("open the user database: %w", err)
	}
	a := &app{db: db}
	defer db.Close() //nolint:errcheck // everything is committed
	if err := a.openKeys(ctx, cfg.Tokens); err != nil {
		return fmt.Errorf("open the signing keys: %w", err)
	}
	keys, err := service.NewKeys(a.keys).Rotate(ctx, entity.Actor{})
	if err != nil {
		return err
	}
	for _, key := range keys {
		if _, err := fmt.Fprintf(out, "%s  %-7s  %s\n", key.ID, key.State, sayWhen(key)); err != nil {
			return fmt.Errorf("tell the keys: %w", err)
		}
	}
	return nil
}

func sayWhen(key entity.SigningKey) string {
	switch {
	case key.State == entity.KeyRetired && key.RetiredAt != nil:
		return "until " + key.RetiredAt.Format(time.RFC3339)
	case key.State == entity.KeyActive && key.ActivatedAt != nil:
		return "since " + key.ActivatedAt.Format(time.RFC3339)
	case key.Asked && key.SignsFrom != nil:
		return "takes over at " + key.SignsFrom.Format(time.RFC3339)
	}
	return "stands by"
}
