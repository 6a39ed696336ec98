package security

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// memory is a key store without a database.
type memory struct {
	mu   sync.Mutex
	keys []entity.SigningKey
	err  error
}

func (m *memory) All(context.Context) ([]entity.SigningKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.keys), m.err
}

func (m *memory) Update(_ context.Context, _ *entity.Deed, decide func([]entity.SigningKey) (entity.KeyChange, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	change, err := decide(slices.Clone(m.keys))
	if err != nil {
		return err
	}
	for _, saved := range append(change.Save, change.Add...) {
		m.keys = append(slices.DeleteFunc(m.keys, func(k entity.SigningKey) bool { return k.ID == saved.ID }), saved)
	}
	m.keys = slices.DeleteFunc(m.keys, func(k entity.SigningKey) bool { return slices.Contains(change.Remove, k.ID) })
	return nil
}

func noon() time.Time { return time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC) }

var policy = entity.KeyPolicy{Lead: 30 * time.Second, Keep: time.Hour}

func openRing(t testing.TB, store *memory) *Keyring {
	t.Helper()
	ring, err := OpenKeyring(t.Context(), store, testSeal(t, "secret"), policy, noon)
	if err != nil {
		t.Fatalf("OpenKeyring: %v", err)
	}
	return ring
}

func TestReplicasThatStartAtOnceShareOneKey(t *testing.T) {
	t.Parallel()
	store := &memory{}
	rings := make([]*Keyring, 3)
	var all sync.WaitGroup
	for i := range rings {
		all.Go(func() { rings[i] = openRing(t, store) })
	}
	all.Wait()
	for _, ring := range rings {
		if diff := cmp.Diff(rings[0].Published(), ring.Published()); diff != "" || ring.signing().id != rings[0].signing().id {
			t.Errorf("rings differ: %s", diff)
		}
	}
	active := func(k entity.SigningKey) bool { return k.State == entity.KeyActive && k.ActivatedAt.Equal(noon()) }
	if len(store.keys) != 2 || !slices.ContainsFunc(store.keys, active) {
		t.Errorf("stored keys = %+v, want one active and one that stands by", store.keys)
	}
}

func TestStoredKeyIsEncrypted(t *testing.T) {
	t.Parallel()
	store := &memory{}
	openRing(t, store)
	if _, err := x509.ParsePKCS8PrivateKey(store.keys[0].Private); err == nil {
		t.Error("the private key is stored in the clear")
	}
	_, err := OpenKeyring(t.Context(), store, testSeal(t, "another secret"), policy, noon)
	if !errors.Is(err, ErrSealed) || !strings.Contains(err.Error(), "KEY_ENCRYPTION_KEY") {
		t.Errorf("OpenKeyring with another secret = %v, want ErrSealed and the variable's name", err)
	}
}

func TestEveryStateIsPublishedAndOnlyActiveSigns(t *testing.T) {
	t.Parallel()
	store := &memory{}
	ring := openRing(t, store)
	before := ring.signing().id
	if err := ring.Rotate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	states := map[entity.KeyState]string{}
	for _, key := range store.keys {
		states[key.State] = key.ID
		if _, err := ring.Key(t.Context(), key.ID); err != nil {
			t.Errorf("Key(%s) = %v", key.ID, err)
		}
	}
	if len(states) != 3 || states[entity.KeyRetired] != before || ring.signing().id != states[entity.KeyActive] || len(ring.Published().Keys) != 3 {
		t.Errorf("after a rotation from %s: %v, %s signs", before, states, ring.signing().id)
	}
	if _, err := ring.Key(t.Context(), "unknown"); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("Key(unknown) = %v, want unauthenticated", err)
	}
}

func TestRingServesWhileTheStoreIsAway(t *testing.T) {
	t.Parallel()
	store := &memory{}
	ring := openRing(t, store)
	store.err = fault.Unavailablef(nil, "away")
	if err := ring.Refresh(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("Refresh = %v, want unavailable", err)
	}
	if _, err := ring.Key(t.Context(), ring.signing().id); err != nil {
		t.Errorf("Key = %v, want the key as before", err)
	}
}

func newRSA(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestKeyFromFileSignsInBothForms(t *testing.T) {
	t.Parallel()
	key := newRSA(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	first, err := ParseKeyring(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	if err != nil {
		t.Fatal(err)
	}
	second, err := ParseKeyring(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Published(), second.Published()); diff != "" {
		t.Errorf("one key is published in two ways: %s", diff)
	}
	if err := first.Refresh(t.Context()); err != nil {
		t.Errorf("Refresh = %v, want nothing to do", err)
	}
}

func TestBadKeyFilesAreRefused(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"empty":     nil,
		"not PEM":   []byte("hello"),
		"not a key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}),
		"too small": pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(small)}),
	} {
		if _, err := ParseKeyring(text); err == nil {
			t.Errorf("%s: ParseKeyring takes it", name)
		}
	}
}

// The key and its thumbprint are those of RFC 7638, 3.1.
func TestThumbprintIsThatOfTheRFC(t *testing.T) {
	t.Parallel()
	n, err := base64.RawURLEncoding.DecodeString("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw")
	if err != nil {
		t.Fatal(err)
	}
	got, err := thumbprint(&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537})
	if want := "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"; got != want || err != nil {
		t.Errorf("thumbprint = %s, %v, want %s", got, err, want)
	}
}
