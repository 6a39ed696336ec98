package security

import (
	"testing"
)

func TestPHCFormIsReadBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	want := argon2Hash{cost: Cost{Memory: 19456, Time: 2, Threads: 1}, salt: []byte("somesaltsomesalt"), key: []byte("0123456789abcdef0123456789abcdef")}
	text := "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
	if got := want.String(); got != text {
		t.Errorf("String = %s, want %s", got, text)
	}
	got, err := parseArgon2(text)
	if err != nil || got.String() != want.String() || got.cost != want.cost {
		t.Errorf("parseArgon2(%s) = %v, %v, want %v", text, got, err, want)
	}
}

func TestForeignHashesAreRefused(t *testing.T) {
	t.Parallel()
	const salt, key = "c29tZXNhbHRzb21lc2FsdA", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"
	for _, text := range []string{
		"", "$", "plain",
		"$argon2i$v=19$m=64,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=64,t=2,p=1$" + salt + "$" + key,
		"$argon2id$m=64,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=064,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=99999999,t=2,p=1$" + salt + "$" + key,
		"$argon2id$v=19$t=2,m=64,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=2,p=1,x=1$" + salt + "$" + key,
		"$argon2id$v=19$m=64,t=2,p=1$" + salt,
		"$argon2id$v=19$m=64,t=2,p=1$" + salt + "$" + key + "$",
		"$argon2id$v=19$m=64,t=2,p=1$" + salt + "=$" + key,
		"$argon2id$v=19$m=64,t=2,p=1$" + salt + "\n$" + key,
		"$argon2id$v=19$m=64,t=2,p=1$c2FsdA$" + key,
		"$argon2id$v=19$m=64,t=2,p=1$" + salt + "$a2V5",
	} {
		if got, err := parseArgon2(text); err == nil {
			t.Errorf("parseArgon2(%q) = %v, want an error", text, got)
		}
	}
}

func FuzzParseArgon2HasOneFormForEachHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY")
	f.Add("$argon2id$v=19$m=64,t=2,p=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		hash, err := parseArgon2(text)
		if err == nil && hash.String() != text {
			t.Errorf("parseArgon2(%q) is written %q", text, hash.String())
		}
	})
}
