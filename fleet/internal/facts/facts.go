// Package facts is fleet.json, the file by which people and programs find a
// running fleet.
package facts

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Facts says where everything of a fleet is. It holds passwords, so only its
// owner may read the file.
type Facts struct {
	Gateway   string            `json:"gateway"`
	Services  map[string]string `json:"services"`  // base address of each
	Kafka     string            `json:"kafka"`     // host:port
	Redis     string            `json:"redis"`     // host:port
	Databases map[string]string `json:"databases"` // DSN of each service
	PIDs      map[string]int    `json:"pids"`
	Accounts  []Account         `json:"accounts"` // demo accounts
}

// Account is one to sign in with.
type Account struct {
	Email    string   `json:"email"`
	Password string   `json:"password"`
	Roles    []string `json:"roles"`
}

// Demo lists the accounts that the demo data holds.
func Demo() []Account {
	const password = "OmsDemo!2026"
	return []Account{
		{Email: "root@example.com", Password: password, Roles: []string{"ROOT"}},
		{Email: "admin@example.com", Password: password, Roles: []string{"ADMIN"}},
		{Email: "client@example.com", Password: password, Roles: []string{"CLIENT"}},
	}
}

// Write puts the facts in place at once: a reader sees the old ones or the new.
func (f Facts) Write(path string) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("write the fleet's facts: %w", err)
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".fleet-*.json") // mode 0600
	if err != nil {
		return fmt.Errorf("write the fleet's facts: %w", err)
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // gone when all went well
	_, err = draft.Write(append(text, '\n'))
	if closed := draft.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("write the fleet's facts: %w", err)
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return fmt.Errorf("write the fleet's facts: %w", err)
	}
	return nil
}
