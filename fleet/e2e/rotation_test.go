package e2e_test

import (
	"context"
	"crypto/rand"
	"errors"
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
	users, products := shop.New(c.address), shop.New(f.address("product-service"))
	clientID, secret := c.register(c.tokens["root"], map[string]any{
		"name": "A service", "grantTypes": []string{"client_credentials"}, "scopes": []string{"product.validate"},
	})
	old := c.tokens["client"]
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret}}
	ctx, stop := context.WithCancel(t.Context())
	var done atomic.Int64
	var load sync.WaitGroup
	defer func() { stop(); load.Wait() }()
	for range 4 {
		load.Go(func() {
			refresh := ""
			// Slower than the gateway's limit for sign-ins from one address.
			for ticker := time.NewTicker(250 * time.Millisecond); ctx.Err() == nil; <-ticker.C {
				token, next, err := c.again(refresh)
				if refresh = next; busy(err) {
					continue
				}
				own := c.token(form)
				for _, asked := range []struct {
					at          *shop.Shop
					path, token string
				}{
					{users, "/v1/users/me", token}, {f.shop, "/v1/orders?limit=1", token}, {products, "/v1/quotes/" + unknownID, token},
					{products, "/internal/v1/products?ids=" + unknownID, own}, {products, "/v1/quotes/" + unknownID, old},
				} {
					answer, failed := asked.at.Do(t.Context(), shop.Call{Method: http.MethodGet, Path: asked.path, Token: asked.token})
					if err = errors.Join(err, failed); err != nil || answer.Status == http.StatusUnauthorized || answer.Status == http.StatusInternalServerError {
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
	t.Logf("%d requests", done.Load())
}

// again trades a refresh token, or signs somebody new in where there is none. A
// token whose trade failed may be used up.
func (c *cast) again(refresh string) (access, next string, err error) {
	path, body := "/v1/auth/refresh", map[string]any{"refreshToken": refresh}
	if refresh == "" {
		path, body = "/v1/auth/login", map[string]any{"email": strings.ToLower(rand.Text()) + "@e2e.example", "password": "Te5t-" + rand.Text()}
		err = c.users.Ask(c.t.Context(), shop.Call{Method: http.MethodPost, Path: "/v1/auth/register", Body: body}, nil)
	}
	var said struct{ AccessToken, RefreshToken string }
	if err == nil {
		err = c.users.Ask(c.t.Context(), shop.Call{Method: http.MethodPost, Path: path, Body: body}, &said)
	}
	return said.AccessToken, said.RefreshToken, err
}

// busy reports whether somebody is told to come again: the machine may be.
func busy(err error) bool {
	problem, ok := errors.AsType[*shop.Problem](err)
	return ok && problem.Status == http.StatusServiceUnavailable
}

// rotate asks for another key and waits until it signs.
func (c *cast) rotate() {
	c.t.Helper()
	before := c.signing()
	for busy(c.users.Ask(c.t.Context(), shop.Call{Method: http.MethodPost, Path: "/v1/admin/signing-keys/rotate", Token: c.tokens["root"]}, nil)) {
	}
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
