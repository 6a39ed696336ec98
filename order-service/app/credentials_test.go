package app_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/auth"
)

// credentials are a provider's key in a file and a token signed with it.
func credentials(t *testing.T) (auth.Config, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "public.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := auth.Config{Issuer: "https://shop.example", Audience: "oms", Type: "at+jwt", PublicKeyFile: file}
	said := part(t, map[string]any{"alg": "RS256", "typ": cfg.Type, "kid": "test"}) + "." + part(t, map[string]any{
		"iss": cfg.Issuer, "aud": cfg.Audience, "sub": "019b7c1e-0000-7000-8000-00000000c11e", "client_id": auth.OwnClient, "name": "Ada Lovelace",
		"roles": []string{"CLIENT", "ADMIN"}, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	})
	digest := sha256.Sum256([]byte(said))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return cfg, said + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// part is one of a token's.
func part(t *testing.T, claims map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}
