package security

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/oms-fleet/oms/common/client"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// providerPatience bounds each question to another provider.
const providerPatience = 5 * time.Second

// Provider is another OpenID Connect issuer that people may sign in with.
type Provider struct {
	Name     string
	issuer   string
	config   oauth2.Config
	http     *http.Client
	mu       sync.Mutex
	provider *oidc.Provider // nil until it was asked for once
}

// NewProvider returns a provider to which we are a client. Codes come back to
// redirectURL.
func NewProvider(name, issuer, clientID, secret, redirectURL string) *Provider {
	return &Provider{
		Name: name, issuer: issuer, http: client.New(providerPatience),
		config: oauth2.Config{
			ClientID: clientID, ClientSecret: secret, RedirectURL: redirectURL, Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
		},
	}
}

// discover reads what the provider tells of itself, once it answers.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, oauth2.Config, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.provider == nil {
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.http), p.issuer)
		if err != nil {
			return nil, p.config, fault.Unavailablef(err, "The other provider is away for now.")
		}
		p.provider, p.config.Endpoint = found, found.Endpoint()
	}
	return p.provider, p.config, nil
}

// Begin returns where the browser goes to sign in, and what it has to remember
// meanwhile. With anew the person is to show there who they are even if that
// provider knows them.
func (p *Provider) Begin(ctx context.Context, anew bool) (address string, attempt entity.Attempt, err error) {
	_, config, err := p.discover(ctx)
	if err != nil {
		return "", entity.Attempt{}, err
	}
	attempt = entity.Attempt{Provider: p.Name, State: RandomText(), Nonce: RandomText(), Verifier: oauth2.GenerateVerifier()}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(attempt.Verifier), oidc.Nonce(attempt.Nonce)}
	if anew {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return config.AuthCodeURL(attempt.State, options...), attempt, nil
}

// Finish trades the code of an attempt for the person's identity. issuer is what
// the answer said of itself, empty if nothing (RFC 9207). What is wrong with the
// answer is an OAuthError.
func (p *Provider) Finish(ctx context.Context, attempt entity.Attempt, code, issuer string) (entity.Outsider, error) {
	if issuer != "" && issuer != p.issuer {
		return entity.Outsider{}, entity.Refuse(entity.InvalidRequest, "The answer comes from another provider.")
	}
	provider, config, err := p.discover(ctx)
	if err != nil {
		return entity.Outsider{}, err
	}
	ctx = oidc.ClientContext(ctx, p.http)
	tokens, err := config.Exchange(ctx, code, oauth2.VerifierOption(attempt.Verifier))
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response.StatusCode < http.StatusInternalServerError {
		return entity.Outsider{}, entity.Refuse(entity.AccessDenied, "The other provider does not accept the code.")
	}
	if err != nil {
		return entity.Outsider{}, fault.Unavailablef(err, "The other provider is away for now.")
	}
	raw, _ := tokens.Extra("id_token").(string)
	identity, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw)
	if err != nil || identity.Nonce != attempt.Nonce || identity.Subject == "" {
		return entity.Outsider{}, entity.Refuse(entity.AccessDenied, "The other provider's ID token is not good.")
	}
	return p.outsider(ctx, provider, tokens, identity)
}

// outsider reads who it is, with what the ID token lacks from the user info.
func (p *Provider) outsider(ctx context.Context, provider *oidc.Provider, tokens *oauth2.Token, identity *oidc.IDToken) (entity.Outsider, error) {
	var said struct {
		Email     string `json:"email"`
		Verified  truth  `json:"email_verified"`
		FirstName string `json:"given_name"`
		LastName  string `json:"family_name"`
	}
	if err := identity.Claims(&said); err != nil {
		return entity.Outsider{}, fmt.Errorf("read an ID token: %w", err)
	}
	if said.Email == "" && provider.UserInfoEndpoint() != "" {
		// It is a courtesy: the account can do without.
		if info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens)); err == nil && info.Subject == identity.Subject {
			if err := info.Claims(&said); err != nil {
				return entity.Outsider{}, fmt.Errorf("read the user info: %w", err)
			}
		}
	}
	return entity.Outsider{
		Issuer: identity.Issuer, Subject: identity.Subject, Email: said.Email, EmailVerified: bool(said.Verified),
		FirstName: said.FirstName, LastName: said.LastName,
	}, nil
}

// truth is a boolean that some providers write as a text.
type truth bool

// UnmarshalJSON reads true and "true" as true, anything else as false.
func (t *truth) UnmarshalJSON(raw []byte) error {
	*t = string(raw) == "true" || string(raw) == `"true"`
	return nil
}

// Attempts seals what a browser remembers of a sign-in with another provider.
type Attempts struct{ seal *Seal }

// NewAttempts returns attempts under a seal.
func NewAttempts(seal *Seal) *Attempts { return &Attempts{seal: seal} }

// Write returns an attempt as a text that only we can read.
func (a *Attempts) Write(attempt entity.Attempt) (string, error) {
	raw, err := json.Marshal(attempt)
	if err != nil {
		return "", fmt.Errorf("write an attempt: %w", err)
	}
	return tokenEncoding.EncodeToString(a.seal.Close("attempt", raw)), nil
}

// Read returns the attempt that a text is, the zero one if it is none of ours.
func (a *Attempts) Read(text string) entity.Attempt {
	var attempt entity.Attempt
	sealed, err := tokenEncoding.DecodeString(text)
	if err != nil {
		return attempt
	}
	raw, err := a.seal.Open("attempt", sealed)
	if err != nil || json.Unmarshal(raw, &attempt) != nil {
		return entity.Attempt{}
	}
	return attempt
}
