package entity

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// Lengths of a code verifier (RFC 7636, 4.1).
const (
	minVerifier = 43
	maxVerifier = 128
)

// Redeem fails unless the client that got a code shows it, with the address and
// the proof that belong to it.
func (c *Code) Redeem(client *OAuthClient, redirectURI, verifier string) error {
	switch {
	case c.ClientID != client.ID:
		return Refuse(InvalidGrant, "The code was given to another client.")
	case c.RedirectURI != redirectURI:
		return Refuse(InvalidGrant, "redirect_uri is not the one that the code was sent to.")
	case !c.proves(verifier):
		return Refuse(InvalidGrant, "code_verifier does not fit the code_challenge.")
	}
	return nil
}

func (c *Code) proves(verifier string) bool {
	if len(verifier) < minVerifier || len(verifier) > maxVerifier || strings.ContainsFunc(verifier, notUnreserved) {
		return false
	}
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(c.Challenge)) == 1
}

func notUnreserved(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("-._~", c)
}
