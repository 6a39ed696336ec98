package infra_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/infra"
)

func TestCommandFindsItsServersAndItsStatusIsTold(t *testing.T) {
	t.Parallel()
	var out, complaints strings.Builder
	status, err := infra.Run(t.Context(), infra.Command{
		Arguments: []string{"sh", "-c", "echo $TEST_MYSQL_DSN $TEST_REDIS_ADDR; exit 7"},
		Environ:   os.Environ(), Out: &out, Err: &complaints,
	})
	if err != nil || status != 7 {
		t.Errorf("Run = %d, %v, want status 7; %s", status, err, complaints.String())
	}
	if !regexp.MustCompile(`^test:test@(unix\(/.+|tcp\(127\.0\.0\.1:\d+)\)/ 127\.0\.0\.1:\d+\n$`).MatchString(out.String()) {
		t.Errorf("command was told %q", out.String())
	}
}

func TestCommandThatIsNotThereIsAnError(t *testing.T) {
	t.Parallel()
	if _, err := infra.Run(t.Context(), infra.Command{Arguments: []string{"/no/such/command"}}); err == nil {
		t.Error("Run of a missing command gave no error")
	}
}
