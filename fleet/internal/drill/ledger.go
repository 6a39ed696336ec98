package drill

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// Keep writes a ledger to a file, for a check later.
func Keep(path string, l shop.Ledger) error {
	raw, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

// Read reads a ledger that was kept.
func Read(path string) (l shop.Ledger, err error) {
	raw, err := os.ReadFile(path) // #nosec G304 -- the caller's own
	if err != nil {
		return l, fmt.Errorf("read the ledger: %w", err)
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		return l, fmt.Errorf("read the ledger: %w", err)
	}
	return l, nil
}
