package entity

import "crypto/sha256"

// Digest is a SHA-256 sum.
type Digest [sha256.Size]byte

// Once ties an order to an idempotency key: of all requests under one key only
// the first places an order, and only the same request may ask for it again.
type Once struct {
	Key     Digest // of who asks and the key
	Request Digest // of what is asked for
}

// NewOnce digests a key, who uses it, and the request in a canonical form.
func NewOnce(who, key string, request []byte) *Once {
	return &Once{Key: sha256.Sum256([]byte(who + "\x00" + key)), Request: sha256.Sum256(request)}
}
