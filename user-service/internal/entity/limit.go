package entity

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"
)

// Limit says how many failures are forgiven and how fast. It is a bucket: Burst
// failures fill it, one drains every Drain, and a full bucket lets nothing
// through until there is room again.
type Limit struct {
	Burst   int           // failures in a row that slow nothing down, at least 1
	Drain   time.Duration // the time in which one failure is forgotten
	Longest time.Duration // a full bucket never makes anyone wait longer
}

// Free is how full a bucket may be, told as the time it takes to drain, that
// still lets a try through.
func (l Limit) Free() time.Duration { return time.Duration(l.Burst-1) * l.Drain }

// Bucket is where the failures of one account or one address are counted.
type Bucket struct {
	Name  string // tells nothing about who it is
	Limit Limit
}

// AccountBucket counts the failures to sign in as the holder of an e-mail
// address, whether there is one or not.
func AccountBucket(email string, limit Limit) Bucket {
	return Bucket{Name: "account:" + fingerprint(EmailKey(email)), Limit: limit}
}

// AddressBucket counts the failures that come from a network address. Whoever
// has one IPv6 address has its whole /64, so that counts as one.
func AddressBucket(address string, limit Limit) Bucket {
	if ip, err := netip.ParseAddr(address); err == nil && ip.Is6() {
		if network, err := ip.Prefix(64); err == nil {
			address = network.String()
		}
	}
	return Bucket{Name: "address:" + fingerprint(address), Limit: limit}
}

func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
