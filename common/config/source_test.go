package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSettingsMayLieInFiles(t *testing.T) {
	secret := "p\"a\\s`s=%wörd\t"
	got, err := load(t, "SHOP", map[string]string{
		"T_ADDR": ":80", "T_PASSWORD_FILE": file(t, secret+"\r\n"), "SHOP_T_SIZE_FILE": file(t, "20\n"), "T_SIZE": "30",
		"T_BROKERS_FILE": file(t, "x:1, y:2"), "T_WAIT_FILE": file(t, "90s\n"), "SHOP_T_FORMAT": "json", "T_FORMAT_FILE": "/nowhere",
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{got.Store.Password.Reveal(), got.Store.Pool.Size, got.Brokers, got.Store.Pool.Wait.String(), got.Format},
		[]any{secret, uint16(20), []string{"x:1", "y:2"}, "1m30s", "json"}); diff != "" {
		t.Errorf("settings from files (-got +want):\n%s", diff)
	}
}

func TestMistakesInFilesAreTold(t *testing.T) {
	for name, tt := range map[string]struct {
		environment map[string]string
		want        string
	}{
		"both":     {map[string]string{"T_MODE": "fast", "T_MODE_FILE": file(t, "fast")}, "T_MODE and T_MODE_FILE are both set"},
		"no file":  {map[string]string{"T_MODE_FILE": "/nowhere/mode"}, `T_MODE_FILE names "/nowhere/mode": no such file or directory`},
		"empty":    {map[string]string{"T_MODE_FILE": file(t, "\n")}, "T_MODE_FILE is set but empty"},
		"no size":  {map[string]string{"T_SIZE_FILE": file(t, "hunter2")}, "T_SIZE_FILE is not a whole number"},
		"unlikely": {map[string]string{"T_SIZE_FILE": file(t, "1001")}, "T_SIZE_FILE is above 1000"},
		"no wait":  {map[string]string{"T_WAIT_FILE": file(t, "hunter2")}, "T_WAIT_FILE is not a duration (such as 1m30s)"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.environment["T_ADDR"] = ":80"
			_, err := load(t, "", tt.environment)
			if err == nil || strings.TrimSpace(err.Error()) != tt.want {
				t.Errorf("Load = %v, want %s", err, tt.want)
			}
		})
	}
}
