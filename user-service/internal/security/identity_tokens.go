package security

import (
	"fmt"
	"maps"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// SignIdentity returns an ID token (OpenID Connect Core, 2), good for as long as
// the access token that it comes with. Its type and its audience keep it from
// ever being one.
func (a *AccessTokens) SignIdentity(said entity.IdentityToken) (string, error) {
	now, key := a.now(), a.keys.signing()
	claims := jwt.MapClaims{}
	maps.Copy(claims, said.About)
	maps.Copy(claims, jwt.MapClaims{
		"iss": a.issuer.URL, "sub": said.Subject, "aud": said.Audience, "sid": said.SessionID,
		"iat": now.Unix(), "exp": now.Add(a.issuer.Life).Unix(), "auth_time": said.SignedInAt.Unix(),
		"at_hash": entity.AccessTokenHash(said.AccessToken),
	})
	if said.Nonce != "" {
		claims["nonce"] = said.Nonce
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = key.id
	signed, err := token.SignedString(key.private)
	if err != nil {
		return "", fmt.Errorf("sign an ID token: %w", err)
	}
	return signed, nil
}
