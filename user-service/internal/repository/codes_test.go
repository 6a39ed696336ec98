package repository

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// isNoCode reports whether a code was refused as an application is told.
func isNoCode(err error) bool {
	refused, ok := errors.AsType[*entity.OAuthError](err)
	return ok && refused.Code == entity.InvalidGrant
}

func TestCodeIsFoundAsItWasSavedAndOnlyForAMinute(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		codes, text := NewCodes(rdb), newID(t).String()
		want := entity.Code{
			ClientID: "app", RedirectURI: "https://app.example/", UserID: newID(t), Scope: "openid", Nonce: "n", Challenge: "c",
			SignedInAt: time.Now().UTC().Truncate(time.Millisecond),
		}
		if err := codes.Save(t.Context(), text, want); err != nil {
			t.Fatal(err)
		}
		got, err := codes.Find(t.Context(), text)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("Find = %v (-want +got):\n%s", err, diff)
		}
		if life := rdb.PTTL(t.Context(), codeKey(text)).Val(); life <= 0 || life > time.Minute {
			t.Errorf("a code lives %v, want a minute", life)
		}
		if strings.Contains(codeKey(text), text) {
			t.Errorf("the key %s tells the code", codeKey(text))
		}
		if _, err := codes.Find(t.Context(), "another"); !isNoCode(err) {
			t.Errorf("Find of another = %v, want invalid_grant", err)
		}
		if _, err := codes.Take(t.Context(), "another", newID(t)); !isNoCode(err) {
			t.Errorf("Take of another = %v, want invalid_grant", err)
		}
		if n := rdb.Exists(t.Context(), codeKey("another")).Val(); n != 0 {
			t.Error("a code that never was has left something behind")
		}
	})
}

func TestCodeIsTakenByOneOfManyAndThatIsRemembered(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, rdb redis.UniversalClient) {
		codes, text := NewCodes(rdb), newID(t).String()
		if err := codes.Save(t.Context(), text, entity.Code{ClientID: "app"}); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		var won atomic.Int64
		for range 20 {
			all.Go(func() {
				session := newID(t)
				for range 2 { // the script may be repeated
					first, err := codes.Take(t.Context(), text, session)
					if err != nil {
						t.Errorf("Take: %v", err)
					}
					if first == session {
						won.Add(1)
					}
				}
			})
		}
		all.Wait()
		if won.Load() != 2 {
			t.Errorf("%d times a session was the first, want one session, twice", won.Load())
		}
		if life := rdb.PTTL(t.Context(), codeKey(text)).Val(); life <= codeLife {
			t.Errorf("the use of a code is remembered for %v, want longer than the code is good", life)
		}
	})
}
