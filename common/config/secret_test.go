package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/config"
)

const word = "hunter2"

type holder struct {
	Password config.Secret
	List     []config.Secret
	Pointer  *config.Secret
}

func secrets() holder {
	pointed := config.Secret(word)
	return holder{Password: word, List: []config.Secret{word}, Pointer: &pointed}
}

func TestNoVerbPrintsASecret(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%08.3s", "%!", "% x"} {
		for _, value := range []any{config.Secret(word), secrets(), []any{config.Secret(word)}, map[string]config.Secret{"a": word}} {
			got := fmt.Sprintf(verb, value)
			if strings.Contains(got, word) || strings.Contains(strings.ToLower(got), fmt.Sprintf("%x", word)) {
				t.Errorf("Sprintf(%q, %T) = %s", verb, value, got)
			}
		}
	}
	if got := fmt.Sprint(config.Secret(word), config.Secret(word).String()); strings.Contains(got, word) {
		t.Errorf("Sprint = %s", got)
	}
	if err := fmt.Errorf("open %v: %w", secrets(), fmt.Errorf("%s", config.Secret(word))); strings.Contains(err.Error(), word) {
		t.Errorf("Errorf = %v", err)
	}
}

func TestNoEncoderWritesASecret(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(secrets())
	if err != nil || bytes.Contains(raw, []byte(word)) {
		t.Errorf("Marshal = %s, %v", raw, err)
	}
	if want := `{"Password":"***","List":["***"],"Pointer":"***"}`; string(raw) != want {
		t.Errorf("Marshal = %s, want %s", raw, want)
	}
}

func TestNoLogHoldsASecret(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&said, nil), slog.NewTextHandler(&said, nil)} {
		slog.New(handler).Info("x", "secret", config.Secret(word), "all", secrets(), slog.Group("g", "s", config.Secret(word)))
	}
	if strings.Contains(said.String(), word) || strings.Count(said.String(), "\n") != 2 {
		t.Errorf("logged %s", said.String())
	}
}
