package e2e_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// strangeKeys is how many keys a stranger makes up.
const strangeKeys = 10_000

// A stranger makes up keys that no verifier knows. All are refused, nobody is
// asked for each of them, and those with good tokens never notice.
func TestTenThousandStrangeKeysAreRefusedAndDisturbNobody(t *testing.T) {
	t.Parallel()
	f := running(t)
	c := newCast(t, f)
	_, rest, _ := strings.Cut(c.tokens["client"], ".")
	strange := func() string {
		header, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "at+jwt", "kid": rand.Text()})
		if err != nil {
			t.Error(err)
		}
		return base64.RawURLEncoding.EncodeToString(header) + "." + rest
	}
	routes := map[string]string{"product-service": "/v1/quotes/" + unknownID, "order-service": "/v1/orders?limit=1", "user-service": "/v1/users/me"}
	var all sync.WaitGroup
	for service, path := range routes {
		at := shop.New(f.address(service))
		for range 2 {
			all.Go(func() {
				for i := range strangeKeys / len(routes) / 2 {
					token, want := strange(), http.StatusUnauthorized
					good := i%100 == 0
					if good {
						token = c.tokens["other"]
					}
					answer, err := at.Do(t.Context(), shop.Call{Method: http.MethodGet, Path: path, Token: token})
					if err != nil {
						t.Error(err)
						return
					}
					if (answer.Status == want) == good || answer.Status >= 500 || !good && answer.Header.Get("WWW-Authenticate") == "" {
						t.Errorf("%s with a good token: %t = %d", service, good, answer.Status)
						return
					}
				}
			})
		}
	}
	all.Wait()
}
