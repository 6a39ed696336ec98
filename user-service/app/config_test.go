package app

import (
	"strings"
	"testing"
)

func TestSettingsHaveTheNamesThatOthersRelyOn(t *testing.T) {
	t.Parallel()
	var table strings.Builder
	if err := Service().Run(t.Context(), []string{"config"}, &table); err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(`HTTP_ADDR DB_DSN REDIS_ADDR JWT_ISSUER JWT_AUDIENCE JWT_TYPE JWT_PRIVATE_KEY_FILE
		KEY_ENCRYPTION_KEY ACCESS_TOKEN_TTL REFRESH_GRACE REFRESH_IDLE_TTL REFRESH_MAX_TTL SEED_DEMO ROOT_EMAIL ROOT_PASSWORD
		TRUSTED_PROXIES LOG_LEVEL LOG_FORMAT SHUTDOWN_TIMEOUT`) {
		if !strings.Contains(table.String(), "| `"+name+"` |") {
			t.Errorf("there is no setting %s", name)
		}
	}
	for line := range strings.Lines(table.String()) {
		if strings.HasSuffix(strings.TrimSpace(line), "|  |") {
			t.Errorf("a setting without a meaning: %s", line)
		}
	}
}
