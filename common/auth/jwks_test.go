package auth

import (
	"crypto/rsa"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/fault"
)

func TestPublishedKeyComesBackAsItWent(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(KeySet{Keys: []Key{NewKey("k1", anyKey())}})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := readKeys(strings.NewReader(string(raw)))
	if err != nil || len(keys) != 1 || !keys["k1"].Equal(anyKey()) {
		t.Errorf("readKeys(%s) = %v, %v", raw, keys, err)
	}
}

func TestKeysThatAreNotOursAreLeftOut(t *testing.T) {
	t.Parallel()
	good := NewKey("good", anyKey())
	set := KeySet{Keys: []Key{good}}
	for _, spoil := range []func(*Key){
		func(k *Key) { k.Type = "EC" },
		func(k *Key) { k.Type = "oct" },
		func(k *Key) { k.Use = "enc" },
		func(k *Key) { k.Algorithm = "RS512" },
		func(k *Key) { k.ID = "" },
		func(k *Key) { k.Modulus = "!" },
		func(k *Key) { k.Modulus = "" },
		func(k *Key) { k.Exponent = "!" },
		func(k *Key) { k.Exponent = "" },
		func(k *Key) { k.Exponent = "AQ" }, // 1
		func(k *Key) { k.Exponent = strings.Repeat("A", 3) + "_____w" },
		func(k *Key) { *k = NewKey("small", &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}) },
		func(k *Key) {
			*k = NewKey("large", &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), maxModulus), E: 65537})
		},
	} {
		bad := good
		bad.ID = "bad"
		spoil(&bad)
		if _, err := bad.Public(); err == nil {
			t.Errorf("Public() accepts %+v", bad)
		}
		set.Keys = append(set.Keys, bad)
	}
	raw, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := readKeys(strings.NewReader(string(raw)))
	if err != nil || len(keys) != 1 || keys["good"] == nil {
		t.Errorf("readKeys = %v, %v; want the good one alone", keys, err)
	}
}

func TestUseAndAlgorithmMayBeLeftOut(t *testing.T) {
	t.Parallel()
	key := NewKey("k1", anyKey())
	key.Use, key.Algorithm = "", ""
	if got, err := key.Public(); err != nil || !got.Equal(anyKey()) {
		t.Errorf("Public() = %v, %v", got, err)
	}
}

func TestGarbageInsteadOfKeysLeavesTheOldOnes(t *testing.T) {
	t.Parallel()
	set, err := json.Marshal(KeySet{Keys: []Key{NewKey("k1", anyKey())}})
	if err != nil {
		t.Fatal(err)
	}
	for name, garbage := range map[string]string{
		"nothing": "", "a page": "<html>", "null": "null", "another object": `{"a":1}`, "no keys": `{"keys":[]}`,
		"keys that are no list": `{"keys":{"k1":1}}`, "half a set": string(set[:len(set)/2]), "more than a set": string(set) + "x",
		"too much": strings.Repeat(" ", maxKeySet) + string(set),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, status := string(set), http.StatusOK
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				w.Write([]byte(body)) //nolint:errcheck // the test sees it
			}))
			defer server.Close()
			now := time.Now()
			keys := NewRemoteKeys(server.URL, func() time.Time { return now })
			want(t, keys, "k1", fault.Internal)
			now, body = now.Add(time.Hour), garbage
			want(t, keys, "k2", fault.Unavailable)
			want(t, keys, "k1", fault.Internal)
			now, body, status = now.Add(time.Hour), string(set), http.StatusInternalServerError
			want(t, keys, "k2", fault.Unavailable)
			want(t, keys, "k1", fault.Internal)
		})
	}
}

func TestKeySetIsPublishedAsTheStandardSays(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(NewKey("k1", &rsa.PublicKey{N: big.NewInt(0x0102), E: 65537}))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"kty":"RSA","use":"sig","alg":"RS256","kid":"k1","n":"AQI","e":"AQAB"}`
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("key (-want +got):\n%s", diff)
	}
}

func FuzzReadKeys(f *testing.F) {
	set, err := json.Marshal(KeySet{Keys: []Key{NewKey("k1", anyKey())}})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{string(set), "{}", "", `{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := readKeys(strings.NewReader(text))
		if (err == nil) != (len(keys) > 0) {
			t.Errorf("readKeys(%q) = %d keys, %v", text, len(keys), err)
		}
		for keyID, key := range keys {
			if keyID == "" || key.N.BitLen() < 2048 || key.E < 2 {
				t.Errorf("readKeys(%q) takes key %q of %d bits", text, keyID, key.N.BitLen())
			}
		}
	})
}
