package security

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// RefreshTokens writes and reads refresh tokens: family.generation.MAC. A token
// is authentic by itself, so nothing of it needs to be stored and forgeries
// never reach Redis.
type RefreshTokens struct {
	key []byte
}

// NewRefreshTokens returns the tokens under a secret key of 32 bytes.
func NewRefreshTokens(key []byte) *RefreshTokens { return &RefreshTokens{key: key} }

// tokenEncoding is base64 for URLs, of which each value has one form.
var tokenEncoding = base64.RawURLEncoding.Strict()

// Write returns the text of a token, always the same for the same token.
func (r *RefreshTokens) Write(token entity.RefreshToken) string {
	signed := tokenEncoding.EncodeToString(token.Session[:]) + "." + strconv.FormatInt(token.Generation, 10)
	return signed + "." + tokenEncoding.EncodeToString(r.mac(signed))
}

// Read returns the token that text is, or fails with fault.Unauthenticated.
func (r *RefreshTokens) Read(text string) (entity.RefreshToken, error) {
	family, rest, _ := strings.Cut(text, ".")
	digits, mac, _ := strings.Cut(rest, ".")
	session, err := tokenEncoding.DecodeString(family)
	generation, digitsErr := strconv.ParseInt(digits, 10, 64)
	token := entity.RefreshToken{Generation: generation}
	if err != nil || digitsErr != nil || len(session) != len(token.Session) {
		return entity.RefreshToken{}, errBadToken()
	}
	token.Session = id.ID(session)
	given, err := tokenEncoding.DecodeString(mac)
	if err != nil || !hmac.Equal(given, r.mac(family+"."+digits)) || r.Write(token) != text {
		return entity.RefreshToken{}, errBadToken()
	}
	return token, nil
}

func (r *RefreshTokens) mac(text string) []byte {
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(text)) //nolint:errcheck // it never fails (hash.Hash)
	return mac.Sum(nil)
}

func errBadToken() error {
	return fault.New(fault.CodeUnauthenticated, "The refresh token is not valid; sign in again.")
}
