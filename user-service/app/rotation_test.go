package app

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// keyOf returns the id of the key that a token is signed with.
func keyOf(t *testing.T, token string) string {
	t.Helper()
	parsed, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	keyID, _ := parsed.Header["kid"].(string)
	return keyID
}

func states(t *testing.T, list map[string]any) string {
	t.Helper()
	var found []string
	for _, item := range list["items"].([]any) {
		found = append(found, item.(map[string]any)["state"].(string))
	}
	return strings.Join(found, " ")
}

func TestRootRotatesKeysAndNoTokenIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	root := s.demo(t, "root")
	if got := states(t, s.call(t, "GET", "/v1/admin/signing-keys", root.Access, nil).is(200)); got != "ACTIVE NEXT" && got != "NEXT ACTIVE" {
		t.Errorf("keys at first: %s", got)
	}
	for range 3 {
		s.call(t, "POST", "/v1/admin/signing-keys/rotate", root.Access, nil).is(200)
		s.call(t, "GET", "/v1/users/me", root.Access, nil).is(200)
		s.call(t, "GET", "/v1/users/me", s.demo(t, "client").Access, nil).is(200)
	}
	if after := s.demo(t, "root"); keyOf(t, after.Access) == keyOf(t, root.Access) {
		t.Error("the old key still signs")
	}
	if got := len(s.call(t, "GET", "/.well-known/jwks.json", "", nil).is(200)["keys"].([]any)); got != 3 {
		t.Errorf("%d keys are published, want 3", got)
	}
	deeds := s.call(t, "GET", "/v1/admin/audit?subject=signing-keys", root.Access, nil).is(200)["items"].([]any)
	if first := deeds[0].(map[string]any); len(deeds) != 2 || first["action"] != "KEYS_ROTATED" || first["actor"] != root.ID {
		t.Errorf("audit = %v, want the rotation and the one it asked for", deeds)
	}
}

func TestCommandRotatesKeysOfServicesThatRun(t *testing.T) {
	t.Parallel()
	s := open(t)
	before := s.demo(t, "client")
	var told strings.Builder
	if err := RotateKeys(t.Context(), s.cfg, nil, &told); err != nil {
		t.Fatal(err)
	}
	if err := s.app.keys.Turn(t.Context()); err != nil { // what the clock does
		t.Fatal(err)
	}
	if after := s.demo(t, "client"); keyOf(t, after.Access) == keyOf(t, before.Access) || !strings.Contains(told.String(), keyOf(t, after.Access)+"  ACTIVE") {
		t.Errorf("key %s signs as before; told:\n%s", keyOf(t, before.Access), told.String())
	}
	s.call(t, "GET", "/v1/users/me", before.Access, nil).is(200)
}

func TestKeysRotateByAge(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *Config) { c.Tokens.KeyPeriod = time.Nanosecond })
	before := keyOf(t, s.demo(t, "client").Access)
	if err := s.app.keys.Turn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := keyOf(t, s.demo(t, "client").Access); after == before {
		t.Error("the first key still signs")
	}
}
