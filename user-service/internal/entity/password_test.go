package entity

import (
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/fault"
)

func TestPasswordsKeepTheRules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		password string
		ok       bool
	}{
		{"OmsDemo!2026", true},
		{"Acc3pt-Secret!pw", true},
		{"mnbxcvh1!", true},
		{"MNBXCVH1!", true},
		{"Größe-№-42", true},
		{"Zx" + strings.Repeat("9", 126), true},
		{"", false},
		{"Sh0rt!x", false},
		{"Zx" + strings.Repeat("9", 127), false},
		{"lowercaseonly", false},
		{"lowercase123", false},
		{"UPPERlower", false},
		{"With Space 1!", false},
		{"With\tTab1!xyz", false},
		{"With\u00a0Space1!", false},
		{"Password1", false},
		{"pAsSwOrD123!", false},
		{"P@ssw0rd!23", false},
		{"Qwerty123!", false},
		{"!!W3lc0me!!", false},
		{"4dmin!2026", false},
		{"123456Aa", false},
	}
	for _, tt := range tests {
		err := CheckPassword("body.password", tt.password)
		if got := err == nil; got != tt.ok {
			t.Errorf("CheckPassword(%q) = %v, want ok %t", tt.password, err, tt.ok)
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("CheckPassword(%q) = %v, want kind Invalid", tt.password, err)
		}
		if err != nil && tt.password != "" && strings.Contains(err.Error(), tt.password) {
			t.Errorf("CheckPassword(%q) repeats it", tt.password)
		}
	}
}

func TestAllMistakesOfAPasswordAreTold(t *testing.T) {
	t.Parallel()
	if got := PasswordViolations("password", "a b"); len(got) != 3 {
		t.Errorf("PasswordViolations(%q) = %v, want too short, white space and too few classes", "a b", got)
	}
}

func TestListsOfCommonPasswordsAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, list := range []string{commonPasswords, commonWords} {
		for line := range strings.Lines(list) {
			word := strings.TrimSuffix(line, "\n")
			if word == "" || word == line || word != strings.ToLower(word) || strings.ContainsAny(word, " \t\r") {
				t.Errorf("line %q is not a lower-case word with a line end", line)
			}
		}
	}
}

func FuzzPasswordViolationsNeverBreaks(f *testing.F) {
	f.Add("P@ssw0rd")
	f.Add("\xff\n")
	f.Fuzz(func(t *testing.T, password string) {
		found := PasswordViolations("p", password)
		if len(found) == 0 && (len(password) < minPassword || classes(password) < minClasses) {
			t.Errorf("PasswordViolations(%q) accepts it", password)
		}
	})
}
