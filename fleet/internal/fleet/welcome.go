package fleet

import (
	"fmt"
	"strings"
)

// Welcome tells people where the fleet is, who may sign in, and what to try
// first.
func (f *Fleet) Welcome() string {
	found := f.Facts()
	var text strings.Builder
	fmt.Fprintf(&text, "\nThe fleet is ready at %s (documentation: %s/docs). Ctrl-C stops it.\n\n", found.Gateway, found.Gateway)
	for _, account := range found.Accounts {
		fmt.Fprintf(&text, "  %-20s %s  %s\n", account.Email, account.Password, strings.Join(account.Roles, ", "))
	}
	fmt.Fprintf(&text, "\nTry first:\n\n  curl '%s/v1/products?limit=3'\n\n", found.Gateway)
	return text.String()
}
