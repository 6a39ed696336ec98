package entity

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"
)

// ring applies changes of keys as a store does.
type ring struct {
	t      *testing.T
	policy KeyPolicy
	now    time.Time
	keys   []SigningKey
	made   int
}

func (r *ring) turn(asked bool) {
	r.t.Helper()
	change, err := r.policy.Turn(r.keys, asked, r.now, func() (SigningKey, error) {
		r.made++
		return SigningKey{ID: strconv.Itoa(r.made), Private: []byte("secret")}, nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, saved := range append(change.Save, change.Add...) {
		r.keys = append(slices.DeleteFunc(r.keys, func(k SigningKey) bool { return k.ID == saved.ID }), saved)
	}
	r.keys = slices.DeleteFunc(r.keys, func(k SigningKey) bool { return slices.Contains(change.Remove, k.ID) })
}

// in lists the ids of the keys in a state.
func (r *ring) in(state KeyState) string {
	ids := ""
	for _, key := range r.keys {
		if key.State == state {
			ids += key.ID
		}
	}
	return ids
}

func (r *ring) is(active, next, retired string) {
	r.t.Helper()
	if r.in(KeyActive) != active || r.in(KeyNext) != next || r.in(KeyRetired) != retired {
		r.t.Errorf("active %s, next %s, retired %s; want %s, %s, %s", r.in(KeyActive), r.in(KeyNext), r.in(KeyRetired), active, next, retired)
	}
}

func newRing(t *testing.T, policy KeyPolicy) *ring {
	t.Helper()
	r := &ring{t: t, policy: policy, now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	r.turn(false)
	r.is("1", "2", "")
	return r
}

func TestFirstRotationTakesEffectAtOnceAndFurtherOnesWhenTheKeyIsKnown(t *testing.T) {
	t.Parallel()
	r := newRing(t, KeyPolicy{Lead: 30 * time.Second, Keep: time.Hour})
	r.turn(true)
	r.is("2", "3", "1")
	for range 3 {
		r.turn(true) // key 3 is asked for, and waits
		r.is("2", "3", "1")
	}
	r.now = r.now.Add(29 * time.Second)
	r.turn(false)
	r.is("2", "3", "1")
	r.now = r.now.Add(time.Second)
	r.turn(false)
	r.is("3", "4", "12")
	r.now = r.now.Add(time.Minute)
	r.turn(false)
	r.is("3", "4", "12")
}

func TestKeysRotateByAgeAndAreForgottenWhenTheirLastTokenHasExpired(t *testing.T) {
	t.Parallel()
	r := newRing(t, KeyPolicy{Lead: 30 * time.Second, Keep: time.Hour, Period: 24 * time.Hour})
	r.now = r.now.Add(24*time.Hour - 1)
	r.turn(false)
	r.is("1", "2", "")
	r.now = r.now.Add(1)
	r.turn(false)
	r.is("2", "3", "1")
	for _, key := range r.keys {
		if (key.Private == nil) != (key.State == KeyRetired) {
			t.Errorf("private half of %s key %s: %q", key.State, key.ID, key.Private)
		}
	}
	r.now = r.now.Add(time.Hour)
	r.turn(false)
	r.is("2", "3", "1")
	r.now = r.now.Add(1)
	r.turn(false)
	r.is("2", "3", "")
}

func TestKeyThatCannotBeMadeChangesNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	fail := func() (SigningKey, error) { return SigningKey{}, broken }
	change, err := KeyPolicy{}.Turn([]SigningKey{{ID: "1", State: KeyActive}, {ID: "2", State: KeyNext}}, true, time.Now(), fail)
	if !errors.Is(err, broken) || !change.Empty() {
		t.Errorf("Turn = %v, %v", change, err)
	}
}
