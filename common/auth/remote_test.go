package auth

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oms-fleet/oms/common/fault"
)

// anyKey is dear to make; which one it is does not matter here.
var anyKey = sync.OnceValue(func() *rsa.PublicKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // no test can go on
	}
	return &key.PublicKey
})

var errRefused = errors.New("connection refused")

// provider publishes keys, each answer after a second of the bubble's clock.
type provider struct {
	mu    sync.Mutex
	ids   []string
	asked int
	away  error
}

func (p *provider) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.asked++
	p.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.away != nil {
		return nil, p.away
	}
	var set KeySet
	for _, keyID := range p.ids {
		set.Keys = append(set.Keys, NewKey(keyID, anyKey()))
	}
	raw, err := json.Marshal(set)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(raw)))}, err
}

// change lets the provider publish other keys, or fail.
func (p *provider) change(away error, ids ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away, p.ids = away, ids
}

// inBubble runs a test against a provider that publishes key "k1".
func inBubble(t *testing.T, test func(t *testing.T, p *provider, keys *RemoteKeys)) {
	t.Helper()
	anyKey() // made outside of the bubble: it takes long
	synctest.Test(t, func(t *testing.T) {
		p := &provider{ids: []string{"k1"}}
		keys := NewRemoteKeys("http://provider.test/jwks.json", time.Now)
		keys.http.Transport = p
		test(t, p, keys)
	})
}

func TestOneFetchIsForAllWhoWait(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p *provider, keys *RemoteKeys) {
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { want(t, keys, "k1", fault.Internal) })
		}
		all.Wait()
		if p.asked != 1 {
			t.Errorf("the provider was asked %d times, want once", p.asked)
		}
	})
}

func TestWaitingForKeysEndsWithTheContext(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p *provider, keys *RemoteKeys) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := keys.Key(ctx, "k1"); fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Key = %v, want Unavailable: the token may be good", err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		want(t, keys, "k1", fault.Internal) // the fetch went on for the others
		if p.asked != 1 {
			t.Errorf("the provider was asked %d times, want once", p.asked)
		}
	})
}

func TestOldKeysServeWhileTheProviderIsAway(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p *provider, keys *RemoteKeys) {
		want(t, keys, "k1", fault.Internal)
		p.change(errRefused)
		for range 24 * 60 { // a day
			start := time.Now()
			want(t, keys, "k1", fault.Internal)
			if took := time.Since(start); took != 0 {
				t.Fatalf("a known key took %s", took)
			}
			time.Sleep(time.Minute)
		}
		p.change(nil, "k2")
		want(t, keys, "k1", fault.Internal) // begins the fetch that ends it
		time.Sleep(2 * time.Second)
		want(t, keys, "k2", fault.Internal)
		want(t, keys, "k1", fault.Unauthenticated)
	})
}

func TestManyRequestsWithOldKeysShareOneFetch(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p *provider, keys *RemoteKeys) {
		want(t, keys, "k1", fault.Internal)
		time.Sleep(KeysMaxAge + time.Second)
		for range 1000 {
			want(t, keys, "k1", fault.Internal)
		}
		time.Sleep(2 * time.Second)
		want(t, keys, "k1", fault.Internal)
		if p.asked != 2 {
			t.Errorf("the provider was asked %d times, want twice", p.asked)
		}
	})
}

func TestUnknownKeyIsAskedForEvery15SecondsAtMost(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p *provider, keys *RemoteKeys) {
		want(t, keys, "k1", fault.Internal)
		start := time.Now()
		for i := 0; time.Since(start) < time.Minute; i++ {
			want(t, keys, fmt.Sprint("forged", i), fault.Unauthenticated)
			time.Sleep(100 * time.Millisecond)
		}
		if p.asked > 5 {
			t.Errorf("the provider was asked %d times in a minute, want 5 at most", p.asked)
		}
	})
}

func TestRotatedKeyIsSeen(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p *provider, keys *RemoteKeys) {
		want(t, keys, "k1", fault.Internal)
		p.change(nil, "k1", "k2")
		time.Sleep(UnknownKeyPeriod)
		var all sync.WaitGroup
		for range 10 { // who comes while the fetch is under way waits for it
			all.Go(func() { want(t, keys, "k2", fault.Internal) })
			time.Sleep(50 * time.Millisecond)
		}
		all.Wait()
		want(t, keys, "k1", fault.Internal)
	})
}

func TestUnknownKeyIsNobodysFaultWhileTheProviderIsAway(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p *provider, keys *RemoteKeys) {
		want(t, keys, "k1", fault.Internal)
		p.change(errRefused)
		time.Sleep(UnknownKeyPeriod)
		want(t, keys, "k2", fault.Unavailable)
		want(t, keys, "k2", fault.Unavailable) // too early to ask again, and still not known
		p.change(nil, "k1")
		time.Sleep(UnknownKeyPeriod)
		want(t, keys, "k2", fault.Unauthenticated)
	})
}

func TestProviderThatWasNeverReachedIsAskedAgainSoon(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, p *provider, keys *RemoteKeys) {
		p.change(errRefused)
		want(t, keys, "k1", fault.Unavailable)
		p.change(nil, "k1")
		time.Sleep(firstKeyPeriod)
		want(t, keys, "k1", fault.Internal)
	})
}

func TestProviderThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	anyKey()
	synctest.Test(t, func(t *testing.T) {
		keys := NewRemoteKeys("http://provider.test/jwks.json", time.Now)
		keys.http.Transport = hanging{}
		start := time.Now()
		want(t, keys, "k1", fault.Unavailable)
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("given up after %s, want 5s", took)
		}
	})
}

type hanging struct{}

func (hanging) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// want expects a key, or a failure of that kind; Internal stands for none.
func want(t *testing.T, keys *RemoteKeys, keyID string, kind fault.Kind) {
	t.Helper()
	key, err := keys.Key(t.Context(), keyID)
	if (kind == fault.Internal) != (err == nil) || (key == nil) != (err != nil) || fault.KindOf(err) != kind {
		t.Errorf("Key(%s) = %t, %v; want kind %d", keyID, key != nil, err, kind)
	}
}
