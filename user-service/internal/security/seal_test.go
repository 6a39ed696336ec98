package security

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

func testSeal(t testing.TB, secret string) *Seal {
	t.Helper()
	key, err := Derive(secret, "signing keys")
	if err != nil {
		t.Fatal(err)
	}
	seal, err := NewSeal(key)
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

func TestKeysOfDifferentPurposesDiffer(t *testing.T) {
	t.Parallel()
	a, err := Derive("0123456789abcdef0123456789abcdef", "signing keys")
	if err != nil {
		t.Fatal(err)
	}
	// Computed with HKDF of Python's cryptography; what is stored depends on it.
	if got, want := hex.EncodeToString(a), "b4e314e5ca2678c061bddbae35c1616982f8cda3a806073cd84cdf711c6b6254"; got != want {
		t.Errorf("Derive = %s, want %s", got, want)
	}
	if b, _ := Derive("0123456789abcdef0123456789abcdef", "refresh tokens"); bytes.Equal(a, b) {
		t.Error("two purposes have one key")
	}
}

func TestSealOpensOnlyWhatItClosedUnderThatName(t *testing.T) {
	t.Parallel()
	seal, plain := testSeal(t, "one"), []byte("a private key")
	sealed := seal.Close("key-1", plain)
	if bytes.Contains(sealed, plain) {
		t.Error("sealed text shows the plain one")
	}
	if got, err := seal.Open("key-1", sealed); !bytes.Equal(got, plain) || err != nil {
		t.Errorf("Open = %q, %v, want %q", got, err, plain)
	}
	if bytes.Equal(seal.Close("key-1", plain), sealed) {
		t.Error("two seals are alike")
	}
	bent := bytes.Clone(sealed)
	bent[len(bent)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another name": func() ([]byte, error) { return seal.Open("key-2", sealed) },
		"another key":  func() ([]byte, error) { return testSeal(t, "two").Open("key-1", sealed) },
		"bent":         func() ([]byte, error) { return seal.Open("key-1", bent) },
		"cut off":      func() ([]byte, error) { return seal.Open("key-1", sealed[:5]) },
		"nothing":      func() ([]byte, error) { return seal.Open("key-1", nil) },
	} {
		if got, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: Open = %q, %v, want ErrSealed", name, got, err)
		}
	}
}

func TestSealNeedsAWholeKey(t *testing.T) {
	t.Parallel()
	if _, err := NewSeal([]byte("short")); err == nil {
		t.Error("NewSeal takes a key of 5 bytes")
	}
}
