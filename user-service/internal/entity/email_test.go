package entity

import (
	"strings"
	"testing"
)

func TestEmailAddressesAreToldFromOtherTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	tests := []struct {
		email string
		ok    bool
	}{
		{"ada@example.com", true},
		{"Ada.Lovelace+shop@mail.example.co.uk", true},
		{"o'neill@example.com", true},
		{"jürgen@bücher.example", true},
		{long + "@example.com", true},
		{"", false},
		{"ada", false},
		{"@example.com", false},
		{"ada@", false},
		{"ada@localhost", false},
		{"ada@example..com", false},
		{"ada@-example.com", false},
		{"ada@example-.com", false},
		{"ada@exa mple.com", false},
		{"ada lovelace@example.com", false},
		{" ada@example.com", false},
		{"ada@example.com\n", false},
		{"ada@bob@example.com", false},
		{".ada@example.com", false},
		{"ada..l@example.com", false},
		{"Ada <ada@example.com>", false},
		{"ada@example.com\x00", false},
		{"ada\xff@example.com", false},
		{long + "a@example.com", false},
		{"ada@" + long + ".example", false},
		{"ada@" + strings.Repeat("abcdefg.", 31) + "com", false},
	}
	for _, tt := range tests {
		mistake := emailMistake(tt.email)
		if got := mistake == ""; got != tt.ok {
			t.Errorf("emailMistake(%q) = %q, want ok %t", tt.email, mistake, tt.ok)
		}
	}
}

func TestEmailKeyIgnoresCase(t *testing.T) {
	t.Parallel()
	if a, b := EmailKey("Ada@Example.COM"), EmailKey("ada@example.com"); a != b {
		t.Errorf("keys are %q and %q, want one", a, b)
	}
}

func FuzzEmailMistakeAcceptsOnlyWhatFits(f *testing.F) {
	f.Add("ada@example.com")
	f.Add("a@b.c@d.e")
	f.Fuzz(func(t *testing.T, email string) {
		if emailMistake(email) != "" {
			return
		}
		if len(email) > maxEmail || strings.ContainsAny(email, " \t\r\n\x00<>,;:\"\\()[]") || !strings.Contains(email, "@") {
			t.Errorf("emailMistake(%q) accepts it", email)
		}
	})
}
