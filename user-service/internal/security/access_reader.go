package security

import (
	"context"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// AccessReader reads access tokens as resource servers do.
type AccessReader struct {
	verifier *auth.Verifier
}

// NewAccessReader returns a reader of the tokens that a verifier accepts.
func NewAccessReader(verifier *auth.Verifier) *AccessReader { return &AccessReader{verifier: verifier} }

// Read returns what a token says; one that is not good is
// fault.Unauthenticated.
func (a *AccessReader) Read(ctx context.Context, token string) (entity.AccessToken, error) {
	who, err := a.verifier.Verify(ctx, token)
	if err != nil {
		return entity.AccessToken{}, err
	}
	var said jwt.RegisteredClaims // the verifier has seen to it that it is ours
	if _, _, err := jwt.NewParser().ParseUnverified(token, &said); err != nil {
		return entity.AccessToken{}, fmt.Errorf("read an access token: %w", err)
	}
	read := entity.AccessToken{
		Subject: said.Subject, ClientID: who.ClientID, Scope: strings.Join(who.Scopes, " "), SessionID: who.SessionID,
		ExpiresAt: said.ExpiresAt.Time,
	}
	if said.IssuedAt != nil {
		read.IssuedAt = said.IssuedAt.Time
	}
	return read, nil
}
