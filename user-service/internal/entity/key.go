package entity

import "time"

// KeyState says what a signing key is for.
type KeyState string

// The states of a signing key, in the order of its life. Keys in each of them
// are published, so that verifiers know a key before it signs and for as long
// as its last token is good.
const (
	KeyNext    KeyState = "NEXT"    // stands by
	KeyActive  KeyState = "ACTIVE"  // signs; there is one
	KeyRetired KeyState = "RETIRED" // signed
)

// SigningKey is a key pair that signs access tokens, as it is stored.
type SigningKey struct {
	ID          string // the kid of tokens and of the JWKS
	State       KeyState
	Public      []byte // PKIX, DER
	Private     []byte // PKCS #8, DER, encrypted; nil once it never signs again
	Asked       bool   // to sign as soon as it may
	CreatedAt   time.Time
	SignsFrom   *time.Time // the earliest moment at which it may sign
	ActivatedAt *time.Time
	RetiredAt   *time.Time
}

// KeyPolicy says how signing keys follow each other.
type KeyPolicy struct {
	Lead   time.Duration // a key is published so long before it may sign
	Keep   time.Duration // and so long after it has ceased to
	Period time.Duration // it signs so long, or until asked otherwise if 0
}

// KeyChange is what becomes of stored keys, in this order.
type KeyChange struct {
	Remove []string // by their ids
	Save   []SigningKey
	Add    []SigningKey
}

// Empty reports whether all stays as it is.
func (c KeyChange) Empty() bool { return len(c.Remove) == 0 && len(c.Save) == 0 && len(c.Add) == 0 }

// Turn decides what becomes of the keys at a moment; asked says that somebody
// wants a new one to sign. A key that stands by takes over at once if it has
// been published long enough, else when it has; another one then stands by in
// its place. fresh makes a key pair.
//
// Where there is no key at all, the first and its successor are published at
// once, so nobody can know the one without the other and both may sign.
func (p KeyPolicy) Turn(keys []SigningKey, asked bool, now time.Time, fresh func() (SigningKey, error)) (KeyChange, error) {
	active, next := keyIn(keys, KeyActive), keyIn(keys, KeyNext)
	change := KeyChange{Remove: p.outlived(keys, now)}
	from := now.Add(p.Lead)
	if active == nil && next == nil {
		first, err := fresh()
		if err != nil {
			return KeyChange{}, err
		}
		from, active = now, first.standBy(now, now)
		change.Add = append(change.Add, active.activate(now))
	}
	asked = asked || p.due(active, now)
	if next != nil && next.mayTakeOver(asked, now) {
		if active != nil {
			change.Save = append(change.Save, active.retire(now))
		}
		change.Save = append(change.Save, next.activate(now))
		next, asked = nil, false
	}
	switch {
	case next == nil:
		spare, err := fresh()
		if err != nil {
			return KeyChange{}, err
		}
		spare = *spare.standBy(now, from)
		spare.Asked = asked
		change.Add = append(change.Add, spare)
	case asked && !next.Asked:
		next.Asked = true
		change.Save = append(change.Save, *next)
	}
	return change, nil
}

// due reports whether the active key has signed for long enough.
func (p KeyPolicy) due(active *SigningKey, now time.Time) bool {
	return p.Period > 0 && active != nil && active.ActivatedAt != nil && now.Sub(*active.ActivatedAt) >= p.Period
}

// outlived lists the keys whose last token has expired.
func (p KeyPolicy) outlived(keys []SigningKey, now time.Time) []string {
	var found []string
	for _, key := range keys {
		if key.State == KeyRetired && key.RetiredAt != nil && now.Sub(*key.RetiredAt) > p.Keep {
			found = append(found, key.ID)
		}
	}
	return found
}

// keyIn returns a copy of the key in a state, nil if there is none.
func keyIn(keys []SigningKey, state KeyState) *SigningKey {
	for _, key := range keys {
		if key.State == state {
			return &key
		}
	}
	return nil
}

func (k SigningKey) standBy(now, from time.Time) *SigningKey {
	k.State, k.CreatedAt, k.SignsFrom = KeyNext, now, &from
	return &k
}

func (k SigningKey) mayTakeOver(asked bool, now time.Time) bool {
	return (asked || k.Asked) && (k.SignsFrom == nil || !now.Before(*k.SignsFrom))
}

func (k SigningKey) activate(now time.Time) SigningKey {
	k.State, k.Asked, k.ActivatedAt = KeyActive, false, &now
	return k
}

// retire makes a key that never signs again; its private half is thrown away.
func (k SigningKey) retire(now time.Time) SigningKey {
	k.State, k.Private, k.RetiredAt = KeyRetired, nil, &now
	return k
}
