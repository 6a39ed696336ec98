package security

import (
	"bytes"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

func someToken(t testing.TB, generation int64) entity.RefreshToken {
	t.Helper()
	session, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	return entity.RefreshToken{Session: session, Generation: generation}
}

func testTokens() *RefreshTokens { return NewRefreshTokens(bytes.Repeat([]byte{7}, 32)) }

func TestRefreshTokenIsReadBack(t *testing.T) {
	t.Parallel()
	tokens, want := testTokens(), someToken(t, 42)
	text := tokens.Write(want)
	if text != tokens.Write(want) {
		t.Error("one token has two texts")
	}
	if got, err := tokens.Read(text); got != want || err != nil {
		t.Errorf("Read(%s) = %v, %v, want %v", text, got, err, want)
	}
}

func TestForgedRefreshTokensAreRefused(t *testing.T) {
	t.Parallel()
	tokens, token := testTokens(), someToken(t, 1)
	text := tokens.Write(token)
	family, rest, _ := strings.Cut(text, ".")
	_, mac, _ := strings.Cut(rest, ".")
	other := NewRefreshTokens(bytes.Repeat([]byte{8}, 32))
	for name, forged := range map[string]string{
		"empty":             "",
		"dots":              "..",
		"no MAC":            family + ".1.",
		"no parts":          strings.ReplaceAll(text, ".", ""),
		"next generation":   family + ".2." + mac,
		"leading zero":      family + ".01." + mac,
		"another key":       other.Write(token),
		"another family":    tokens.Write(someToken(t, 1))[:22] + ".1." + mac,
		"padding":           text + "=",
		"line end":          text + "\n",
		"line end inside":   strings.Replace(text, ".", "\n.", 1),
		"blank":             " " + text,
		"more":              text + ".x",
		"huge generation":   family + ".99999999999999999999." + mac,
		"JWT":               "eyJhbGciOiJub25lIn0.e30.",
		"changed last sign": text[:len(text)-1] + "!",
	} {
		if got, err := tokens.Read(forged); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: Read(%q) = %v, %v, want unauthenticated", name, forged, got, err)
		}
	}
}

func FuzzReadAcceptsOnlyWhatWriteMade(f *testing.F) {
	tokens := testTokens()
	f.Add(tokens.Write(someToken(f, 1)))
	f.Add("a.1.b")
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := tokens.Read(text)
		if err == nil && tokens.Write(token) != text {
			t.Errorf("Read(%q) = %v, which is written otherwise", text, token)
		}
	})
}
