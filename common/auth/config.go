package auth

import (
	"fmt"
	"os"
	"time"
)

// Config says whose tokens a resource server accepts.
type Config struct {
	Issuer        string `envconfig:"JWT_ISSUER" default:"http://localhost:8080" desc:"who issues access tokens: the gateway's address"`
	Audience      string `envconfig:"JWT_AUDIENCE" default:"oms" desc:"for whom access tokens are meant"`
	Type          string `envconfig:"JWT_TYPE" default:"at+jwt" oneof:"at+jwt JWT" desc:"the tokens' header typ; JWT for resource servers that do not know RFC 9068"`
	KeysURL       string `envconfig:"JWKS_URL" default:"http://localhost:8081/.well-known/jwks.json" desc:"where the identity provider publishes its keys"`
	PublicKeyFile string `envconfig:"JWT_PUBLIC_KEY_FILE" desc:"a PEM file with the one key that verifies tokens, instead of JWKS_URL"`
}

// Verifier returns a Verifier as configured.
func (c Config) Verifier() (*Verifier, error) {
	keys, err := c.keys()
	if err != nil {
		return nil, err
	}
	return NewVerifier(keys, c.Expect()), nil
}

// Expect is what the tokens must say.
func (c Config) Expect() Expect {
	return Expect{Issuer: c.Issuer, Audience: c.Audience, Type: c.Type}
}

func (c Config) keys() (Keys, error) {
	if c.PublicKeyFile == "" {
		return NewRemoteKeys(c.KeysURL, time.Now), nil
	}
	pem, err := os.ReadFile(c.PublicKeyFile)
	if err != nil {
		return nil, fmt.Errorf("JWT_PUBLIC_KEY_FILE: %w", err)
	}
	key, err := ParseStaticKey(pem)
	if err != nil {
		return nil, fmt.Errorf("JWT_PUBLIC_KEY_FILE: %w", err)
	}
	return key, nil
}
