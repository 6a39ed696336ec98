package migrations_test

import (
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/outbox"
	"github.com/oms-fleet/oms/product-service/internal/repository/migrations"

	"github.com/oms-fleet/oms/common/database"
)

func TestOutboxIsTheTableThatPackageOutboxWants(t *testing.T) {
	t.Parallel()
	file, err := migrations.Files.ReadFile("00003_outbox.sql")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(file), outbox.Schema+";") {
		t.Errorf("00003_outbox.sql does not hold outbox.Schema:\n%s", outbox.Schema)
	}
}

func TestMigrationsGoUpAndDownAndUpAgain(t *testing.T) {
	t.Parallel()
	db := databasetest.New(t, nil)
	for _, step := range []string{"up", "down", "down", "down", "up"} {
		if err := database.MigrateCommand(t.Context(), db, migrations.Files, []string{step}, &strings.Builder{}); err != nil {
			t.Fatalf("migrate %s: %v", step, err)
		}
	}
}
