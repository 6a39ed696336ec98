package fleettest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// honest is the line of time.Now that reads the clock, and fast what takes its
// place.
const (
	honest = "\tsec, nsec, mono := runtimeNow()\n\tif mono == 0 {"
	fast   = "\tsec, nsec, mono := runtimeNow()\n\tsec += 2\n\tif mono == 0 {"
)

// overlay writes what the compiler's -overlay takes: a standard library in which
// it is two seconds later.
func (p Programs) overlay() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("find the standard library: %w", err)
	}
	original := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	source, err := os.ReadFile(original) // #nosec G304 -- the standard library
	if err != nil {
		return "", fmt.Errorf("read time.go: %w", err)
	}
	if !strings.Contains(string(source), honest) {
		return "", errors.New("time.Now is written otherwise than this test knows")
	}
	changed, list := filepath.Join(p.Folder, "time.go.txt"), filepath.Join(p.Folder, "overlay.json")
	replaced, err := json.Marshal(map[string]map[string]string{"Replace": {original: changed}})
	return list, errors.Join(err,
		os.MkdirAll(p.Folder, 0o700),
		os.WriteFile(changed, []byte(strings.Replace(string(source), honest, fast, 1)), 0o600),
		os.WriteFile(list, replaced, 0o600))
}
