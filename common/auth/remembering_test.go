package auth_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
)

func TestTokenIsVerifiedOnce(t *testing.T) {
	t.Parallel()
	var keys published
	verifier, text := auth.NewVerifier(&keys, expect), token(t, nil, nil)
	for range 3 {
		if got, err := verifier.Verify(t.Context(), text); err != nil || !got.Is(auth.Admin) {
			t.Fatalf("Verify = %+v, %v", got, err)
		}
	}
	if got := keys.asked.Load(); got != 1 {
		t.Errorf("the key was asked for %d times, want once", got)
	}
}

func TestRefusedTokenIsNotRemembered(t *testing.T) {
	t.Parallel()
	var keys published
	verifier, text := auth.NewVerifier(&keys, expect), token(t, nil, jwt.MapClaims{"iss": "https://evil.test"})
	for range 2 {
		if _, err := verifier.Verify(t.Context(), text); err == nil {
			t.Fatal("Verify accepts another issuer")
		}
	}
	if got := keys.asked.Load(); got != 2 {
		t.Errorf("the key was asked for %d times, want twice", got)
	}
}

func TestRememberedTokenExpiresLikeAnyOther(t *testing.T) {
	t.Parallel()
	ours() // made outside of the bubble: it takes long
	synctest.Test(t, func(t *testing.T) {
		verifier := auth.NewVerifier(&published{}, expect)
		text := token(t, nil, jwt.MapClaims{"exp": time.Now().Add(15 * time.Minute).Unix()})
		for _, step := range []struct {
			wait time.Duration
			want fault.Kind
		}{
			{0, fault.Internal}, {15 * time.Minute, fault.Internal}, {auth.Leeway - time.Second, fault.Internal},
			{time.Second, fault.Unauthenticated}, {time.Hour, fault.Unauthenticated},
		} {
			time.Sleep(step.wait)
			_, err := verifier.Verify(t.Context(), text)
			if got := fault.KindOf(err); got != step.want || (err == nil) != (step.want == fault.Internal) {
				t.Errorf("at %s Verify = %v", time.Now(), err)
			}
		}
	})
}

// unreachable are the keys of a provider that is away.
type unreachable struct{}

func (unreachable) Key(context.Context, string) (*rsa.PublicKey, error) {
	return nil, fault.Unavailablef(nil, "away")
}

func TestProviderThatIsAwayIsNobodysFault(t *testing.T) {
	t.Parallel()
	_, err := auth.NewVerifier(unreachable{}, expect).Verify(t.Context(), token(t, nil, nil))
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Unavailable || f.RetryAfter == 0 {
		t.Errorf("Verify = %v, want Unavailable", err)
	}
}
