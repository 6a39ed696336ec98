package security

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

func TestAccessTokenSaysWhatRFC9068AsksFor(t *testing.T) {
	t.Parallel()
	ring := openRing(t, &memory{})
	tokens := NewAccessTokens(ring, Issuer{URL: "https://shop.example", Audience: "oms", Type: "at+jwt", Life: 15 * time.Minute}, noon)
	text, life, err := tokens.Sign(entity.Claims{
		Subject: "user", ClientID: "oms", Scope: "a b", SessionID: "s", Email: "ada@example.com", Name: "Ada", Roles: entity.NewRoles(entity.Client),
	})
	if err != nil || life != 15*time.Minute {
		t.Fatalf("Sign = %v, %v", life, err)
	}
	said := jwt.MapClaims{}
	parsed, _, err := jwt.NewParser().ParseUnverified(text, said)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"alg": "RS256", "typ": "at+jwt", "kid": ring.signing().id}, parsed.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if jti, _ := said["jti"].(string); jti == "" {
		t.Error("jti is missing")
	}
	delete(said, "jti")
	want := jwt.MapClaims{
		"iss": "https://shop.example", "sub": "user", "aud": "oms", "client_id": "oms", "scope": "a b", "sid": "s",
		"email": "ada@example.com", "name": "Ada", "roles": []any{"CLIENT"},
		"iat": float64(noon().Unix()), "exp": float64(noon().Add(15 * time.Minute).Unix()),
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestVerifierOfTheFleetAcceptsOurTokens(t *testing.T) {
	t.Parallel()
	ring := openRing(t, &memory{})
	userID, err := id.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"at+jwt", "JWT"} {
		issuer := Issuer{URL: "https://shop.example", Audience: "oms", Type: kind, Life: time.Minute}
		text, _, err := NewAccessTokens(ring, issuer, time.Now).Sign(entity.Claims{
			Subject: userID.String(), ClientID: "oms", SessionID: "s", Roles: entity.NewRoles(entity.Admin),
		})
		if err != nil {
			t.Fatal(err)
		}
		verifier := auth.NewVerifier(ring, auth.Expect{Issuer: issuer.URL, Audience: issuer.Audience, Type: kind})
		got, err := verifier.Verify(t.Context(), text)
		if err != nil || got.UserID != userID || got.SessionID != "s" || !got.Is(auth.Admin) {
			t.Errorf("Verify of a token of type %s = %+v, %v", kind, got, err)
		}
	}
}

func TestPublishedKeySetHoldsNothingPrivate(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(openRing(t, &memory{}).Published())
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]string }
	if err := json.Unmarshal(text, &set); err != nil {
		t.Fatal(err)
	}
	for _, key := range set.Keys {
		for name := range key {
			switch name {
			case "kty", "use", "alg", "kid", "n", "e":
			default:
				t.Errorf("key tells %q", name)
			}
		}
	}
}
