package security

import (
	"context"

	"github.com/golang-jwt/jwt/v5"
)

// Hinted returns whom an ID token of ours for a client is about, however old it
// is, and "" for any other text (OpenID Connect Core, 3.1.2.1: id_token_hint).
func (a *AccessTokens) Hinted(ctx context.Context, token, clientID string) (subject string) {
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Alg()}), jwt.WithoutClaimsValidation())
	var said jwt.RegisteredClaims
	_, err := parser.ParseWithClaims(token, &said, func(t *jwt.Token) (any, error) {
		keyID, _ := t.Header["kid"].(string)
		return a.keys.Key(ctx, keyID)
	})
	// The audience tells it from an access token, which is for resource servers.
	if err != nil || said.Issuer != a.issuer.URL || len(said.Audience) != 1 || said.Audience[0] != clientID {
		return ""
	}
	return said.Subject
}
