package security

import (
	"crypto/hmac"
	"crypto/sha256"
	"strings"
)

// Stamps prove that a text comes from us, for one purpose: the cookie of a
// browser that is signed in, the hidden field of a form.
type Stamps struct {
	key []byte
}

// NewStamps returns the stamps under a key of 32 bytes.
func NewStamps(key []byte) *Stamps { return &Stamps{key: key} }

// Stamp returns the proof of a text for a purpose.
func (s *Stamps) Stamp(purpose, text string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(purpose + "\x00" + text)) //nolint:errcheck // it never fails (hash.Hash)
	return tokenEncoding.EncodeToString(mac.Sum(nil))
}

// Proves reports whether a stamp is that of a text for a purpose.
func (s *Stamps) Proves(purpose, text, stamp string) bool {
	return hmac.Equal([]byte(stamp), []byte(s.Stamp(purpose, text)))
}

// Write returns a text with its stamp; the text has no dot in it.
func (s *Stamps) Write(purpose, text string) string { return text + "." + s.Stamp(purpose, text) }

// Read returns the text that Write stamped for the same purpose.
func (s *Stamps) Read(purpose, stamped string) (text string, ok bool) {
	text, stamp, _ := strings.Cut(stamped, ".")
	return text, s.Proves(purpose, text, stamp)
}
