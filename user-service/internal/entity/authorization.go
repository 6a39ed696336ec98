package entity

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/id"
)

// maxParameter bounds the parameters that are kept or sent back, in bytes.
const maxParameter = 1000

// AuthorizationRequest is what an application asks of a person: a code for
// tokens (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2.1).
type AuthorizationRequest struct {
	ClientID    string
	RedirectURI string
	State       string
	Scopes      []string
	Nonce       string
	Challenge   string // PKCE, S256
	Prompt      []string
	MaxAge      *time.Duration // since the person showed a password
	LoginHint   string
	Hint        string // an ID token of the person whom the application means
}

// Parameters are those of a request, as they came.
type Parameters map[string][]string

// One returns the only value of a parameter, "" where there is none.
func (p Parameters) One(name string) string {
	if len(p[name]) == 0 {
		return ""
	}
	return p[name][0]
}

// Repeated returns a parameter that came more than once, "" if none did (RFC
// 6749, 3.1).
func (p Parameters) Repeated() string {
	for name, values := range p {
		if len(values) > 1 {
			return name
		}
	}
	return ""
}

// ReadAuthorization reads a request of a client whose id and redirect address
// are known to be good, so that every failure may be told there.
func ReadAuthorization(p Parameters, client *OAuthClient) (AuthorizationRequest, error) {
	asked := AuthorizationRequest{
		ClientID: client.ID, RedirectURI: p.One("redirect_uri"), State: p.One("state"), Nonce: p.One("nonce"),
		Scopes: ReadScope(p.One("scope")), Challenge: p.One("code_challenge"), Prompt: ReadScope(p.One("prompt")), LoginHint: p.One("login_hint"),
		Hint: p.One("id_token_hint"),
	}
	if err := asked.readMaxAge(p.One("max_age")); err != nil {
		return asked, err
	}
	switch {
	case p.Repeated() != "":
		return asked, Refuse(InvalidRequest, "A parameter is repeated.")
	case p.One("request") != "":
		return asked, Refuse(RequestNotSupported, "Send the parameters themselves.")
	case p.One("request_uri") != "":
		return asked, Refuse(RequestURINotSupported, "Send the parameters themselves.")
	case p.One("response_type") == "":
		return asked, Refuse(InvalidRequest, "response_type is missing.")
	case p.One("response_type") != "code":
		return asked, Refuse(UnsupportedResponseType, "Only response_type=code is given.")
	case p.One("response_mode") != "" && p.One("response_mode") != "query":
		return asked, Refuse(InvalidRequest, "Only response_mode=query is given.")
	case !client.May(AuthorizationCode):
		return asked, Refuse(UnauthorizedClient, "The client may not ask people.")
	}
	return asked, asked.check(p, client)
}

func (r *AuthorizationRequest) check(p Parameters, client *OAuthClient) error {
	switch {
	case p.One("code_challenge_method") != "S256" || !isChallenge(r.Challenge):
		return Refuse(InvalidRequest, "PKCE is needed: code_challenge and code_challenge_method=S256.")
	case len(r.State) > maxParameter || len(r.Nonce) > maxParameter || len(r.LoginHint) > maxParameter:
		return Refuse(InvalidRequest, "state, nonce or login_hint is too long.")
	case len(r.Scopes) == 0:
		return Refuse(InvalidScope, "scope is missing.")
	case !covers(client.Scopes, r.Scopes):
		return Refuse(InvalidScope, "The client may not have all of this scope.")
	case r.Prompts("none") && len(r.Prompt) > 1:
		return Refuse(InvalidRequest, "prompt=none stands alone.")
	}
	return nil
}

func (r *AuthorizationRequest) readMaxAge(text string) error {
	if text == "" {
		return nil
	}
	seconds, err := strconv.ParseInt(text, 10, 32)
	if err != nil || seconds < 0 {
		return Refuse(InvalidRequest, "max_age is not a number of seconds.")
	}
	age := time.Duration(seconds) * time.Second
	r.MaxAge = &age
	return nil
}

// isChallenge reports whether text can be the S256 of a verifier.
func isChallenge(text string) bool {
	sum, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(sum) == 32
}

// Prompts reports whether the application asks for a prompt.
func (r *AuthorizationRequest) Prompts(what string) bool { return slices.Contains(r.Prompt, what) }

// Scope returns the scopes by blanks.
func (r *AuthorizationRequest) Scope() string { return strings.Join(r.Scopes, " ") }

// Step is what comes next for a person.
type Step int

// The steps of an authorization.
const (
	SignIn     Step = iota // show who you are
	AskConsent             // agree
	Finished               // back to the application
)

// Next decides what comes next for a person who showed a password at some time
// (zero: nobody is signed in) and has agreed to some scopes before. An
// application that wants no page gets an OAuthError in place of one.
func (r *AuthorizationRequest) Next(signedIn time.Time, agreed []string, now time.Time) (Step, error) {
	stale := r.MaxAge != nil && now.Sub(signedIn) > *r.MaxAge
	step := Finished
	switch {
	case signedIn.IsZero() || stale || r.Prompts("login") || r.Prompts("select_account"):
		step = SignIn
	case !covers(agreed, r.Scopes) || r.Prompts("consent"):
		step = AskConsent
	}
	if !r.Prompts("none") || step == Finished {
		return step, nil
	}
	if step == SignIn {
		return step, Refuse(LoginRequired, "Nobody is signed in.")
	}
	return step, Refuse(ConsentRequired, "The person has not agreed yet.")
}

// Code is what an authorization code stands for.
type Code struct {
	ClientID    string    `json:"client"`
	RedirectURI string    `json:"redirect"`
	UserID      id.ID     `json:"user"`
	Scope       string    `json:"scope"`
	Nonce       string    `json:"nonce"`
	Challenge   string    `json:"challenge"`
	SignedInAt  time.Time `json:"signedIn"`
}
