package entity

import "time"

// KeyState says what a signing key is for.
type KeyState string

// The states of a signing key, in the order of its life. Keys in each of them
// are published, so that verifiers know a key before it signs and for as long
// as its last token is good.
const (
	KeyNext    KeyState = "NEXT"    // will sign
	KeyActive  KeyState = "ACTIVE"  // signs; there is one
	KeyRetired KeyState = "RETIRED" // signed
)

// SigningKey is a key pair that signs access tokens, as it is stored.
type SigningKey struct {
	ID          string // the kid of tokens and of the JWKS
	State       KeyState
	Public      []byte // PKIX, DER
	Private     []byte // PKCS #8, DER, encrypted; nil once it never signs again
	CreatedAt   time.Time
	ActivatedAt *time.Time
	RetiredAt   *time.Time
}
