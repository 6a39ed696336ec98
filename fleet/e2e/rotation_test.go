package e2e_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// Three keys follow each other while people refresh, read and shop, and a service
// gets its own tokens. Each token is shown to a service as soon as it is given:
// verifiers that know its key already have nothing to look up, the others look
// it up in time.
func TestThreeKeyRotationsUnderLoadRefuseNobody(t *testing.T) {
	t.Parallel()
	f := running(t)
	c := newCast(t, f)
	product := f.address("product-service")
	clientID, secret := c.register(c.tokens["root"], map[string]any{
		"name": "A service", "grantTypes": []string{"client_credentials"}, "scopes": []string{"product.validate"},
	})
	old, pause := c.tokens["client"], 50*time.Millisecond
	if c.address == f.facts.Gateway {
		pause = 400 * time.Millisecond // which lets one address sign in 50 times a second
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var done atomic.Int64
	var load sync.WaitGroup
	for range 4 {
		load.Go(func() {
			_, refresh := c.newcomer()
			for ticker := time.NewTicker(pause); ctx.Err() == nil; <-ticker.C {
				own := c.token(url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret}})
				token, next := c.again(refresh)
				refresh = next
				for _, asked := range []struct{ address, path, token string }{
					{c.address, "/v1/users/me", token}, {f.facts.Gateway, "/v1/orders?limit=1", token}, {product, "/v1/quotes/" + unknownID, token},
					{product, "/internal/v1/products?ids=" + unknownID, own}, {product, "/v1/quotes/" + unknownID, old},
				} {
					answer, err := shop.New(asked.address).Do(t.Context(), shop.Call{Method: http.MethodGet, Path: asked.path, Token: asked.token})
					if err != nil || answer.Status == http.StatusUnauthorized || answer.Status >= 500 {
						t.Errorf("%s after %d requests: %v %v", asked.path, done.Load(), answer, err)
						return
					}
					done.Add(1)
				}
			}
		})
	}
	for range 3 {
		c.rotate()
	}
	// The last key signs for long enough that everyone has met it.
	before := done.Load()
	c.eventually("more requests", func() bool { return done.Load() > before+100 || t.Failed() })
	stop()
	load.Wait()
	t.Logf("%d requests", done.Load())
}

// newcomer registers somebody and signs them in.
func (c *cast) newcomer() (access, refresh string) {
	c.t.Helper()
	account := map[string]any{"email": strings.ToLower(rand.Text()) + "@e2e.example", "password": "Te5t-" + rand.Text()}
	c.ask(http.MethodPost, "/v1/auth/register", "", account, nil)
	return c.given("/v1/auth/login", account)
}

// again trades a refresh token.
func (c *cast) again(refresh string) (access, next string) {
	c.t.Helper()
	return c.given("/v1/auth/refresh", map[string]any{"refreshToken": refresh})
}

func (c *cast) given(path string, body any) (access, refresh string) {
	c.t.Helper()
	var said struct{ AccessToken, RefreshToken string }
	c.ask(http.MethodPost, path, "", body, &said)
	return said.AccessToken, said.RefreshToken
}

// rotate asks for another key and waits until it signs.
func (c *cast) rotate() {
	c.t.Helper()
	before := c.signing()
	c.ask(http.MethodPost, "/v1/admin/signing-keys/rotate", c.tokens["root"], nil, nil)
	c.eventually("another key signs", func() bool { return c.signing() != before })
}

// signing is the key that signs now.
func (c *cast) signing() string {
	c.t.Helper()
	var keys struct{ Items []struct{ ID, State string } }
	c.ask(http.MethodGet, "/v1/admin/signing-keys", c.tokens["root"], nil, &keys)
	for _, key := range keys.Items {
		if key.State == "ACTIVE" {
			return key.ID
		}
	}
	c.t.Fatal("no key signs")
	return ""
}

func (c *cast) eventually(what string, holds func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatalf("it never comes: %s", what)
		}
	}
}
