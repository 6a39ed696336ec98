package auth_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/auth"
)

func TestVerifierCanBeGivenOneKeyInAFile(t *testing.T) {
	t.Parallel()
	der, err := x509.MarshalPKIXPublicKey(&ours().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "public.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	verifier, err := auth.Config{Issuer: issuer, Audience: audience, Type: "at+jwt", PublicKeyFile: file}.Verifier()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verifier.Verify(t.Context(), token(t, nil, nil)); err != nil {
		t.Errorf("Verify = %v", err)
	}
}

func TestKeyFileThatIsMissingIsToldByItsVariable(t *testing.T) {
	t.Parallel()
	_, err := auth.Config{PublicKeyFile: filepath.Join(t.TempDir(), "none")}.Verifier()
	if err == nil || !strings.HasPrefix(err.Error(), "JWT_PUBLIC_KEY_FILE: ") {
		t.Errorf("Verifier = %v, want a failure that names JWT_PUBLIC_KEY_FILE", err)
	}
}
