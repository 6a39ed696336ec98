package entity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// GrantType is a way to get tokens (RFC 6749).
type GrantType string

// The grants that clients can be given.
const (
	AuthorizationCode GrantType = "authorization_code" // for people, through the pages
	RefreshGrant      GrantType = "refresh_token"      // stays signed in
	ClientCredentials GrantType = "client_credentials" // for services, in their own name
)

// GrantTypes lists the grants that clients can be given.
func GrantTypes() []GrantType { return []GrantType{AuthorizationCode, RefreshGrant, ClientCredentials} }

// OAuthClient is an application that asks for tokens.
type OAuthClient struct {
	ID           string
	Name         string // as people see it when they are asked for their consent
	RedirectURIs []string
	GrantTypes   []GrantType
	Scopes       []string
	Public       bool   // it keeps no secret: a browser's or a phone's application
	SecretHash   []byte // of a client that is not public
	Fixed        bool   // set by the environment, for as long as that says so
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// May reports whether the client may use a grant.
func (c *OAuthClient) May(grant GrantType) bool { return slices.Contains(c.GrantTypes, grant) }

// RedirectsTo reports whether answers may go to an address: only one that was
// registered, letter by letter.
func (c *OAuthClient) RedirectsTo(uri string) bool { return slices.Contains(c.RedirectURIs, uri) }

// OwnScope returns what the client is given in its own name: what it asks for,
// or all that it may have.
func (c *OAuthClient) OwnScope(asked []string) ([]string, error) {
	own := slices.DeleteFunc(slices.Clone(c.Scopes), func(s string) bool { return slices.Contains(PeoplesScopes(), s) })
	if len(asked) == 0 {
		return own, nil
	}
	if !covers(own, asked) {
		return nil, Refuse(InvalidScope, "The client may not have this scope in its own name.")
	}
	return asked, nil
}

// Violations lists what breaks the rules, each with the name of its field.
func (c *OAuthClient) Violations() []fault.Violation {
	var found []fault.Violation
	add := func(ok bool, field, mistake string) {
		if !ok {
			found = append(found, fault.Violation{Location: field, Message: mistake})
		}
	}
	add(isClientID(c.ID), "id", "is not 1 to 100 of the characters A-Z a-z 0-9 . _ ~ -, or is the id of an account or of our own")
	add(strings.TrimSpace(c.Name) != "", "name", "is required")
	if mistake := lineMistake(c.Name, MaxName); mistake != "" {
		add(false, "name", mistake)
	}
	for i, uri := range c.RedirectURIs {
		if mistake := redirectMistake(uri); mistake != "" {
			add(false, fmt.Sprintf("redirectUris[%d]", i), mistake)
		}
	}
	add(len(c.RedirectURIs) <= maxRedirects, "redirectUris", "are more than 20")
	add(len(c.RedirectURIs) > 0 || !c.May(AuthorizationCode), "redirectUris", "are required for authorization_code")
	add(len(c.GrantTypes) > 0, "grantTypes", "is empty")
	for i, grant := range c.GrantTypes {
		add(slices.Contains(GrantTypes(), grant), fmt.Sprintf("grantTypes[%d]", i), "is none of authorization_code, refresh_token, client_credentials")
	}
	add(!c.Public || !c.May(ClientCredentials), "grantTypes", "client_credentials needs a secret, which a public client has not")
	add(len(c.Scopes) <= maxScopes, "scopes", "are more than 20")
	for i, scope := range c.Scopes {
		add(isScope(scope), fmt.Sprintf("scopes[%d]", i), "is no scope")
	}
	return found
}

const (
	maxRedirects = 20
	maxScopes    = 20
	maxClientID  = 100
)

// isClientID keeps out the ids that tokens could mistake for others: accounts',
// and our own applications'.
func isClientID(text string) bool {
	if text == "" || len(text) > maxClientID || text == OwnClient || text == PagesClient {
		return false
	}
	if _, err := id.Parse(text); err == nil {
		return false
	}
	return !strings.ContainsFunc(text, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("._~-", c)
	})
}

// OAuthClientChange is a partial change; what is nil stays.
type OAuthClientChange struct {
	Name         *string
	RedirectURIs *[]string
	GrantTypes   *[]GrantType
	Scopes       *[]string
}

// Change applies a change, or fails with all its mistakes and changes nothing.
func (c *OAuthClient) Change(change OAuthClientChange, now time.Time) error {
	changed := *c
	replace(&changed.Name, change.Name)
	replace(&changed.RedirectURIs, change.RedirectURIs)
	replace(&changed.GrantTypes, change.GrantTypes)
	replace(&changed.Scopes, change.Scopes)
	if err := fault.InvalidAll(changed.Violations()...).Err(); err != nil {
		return err
	}
	changed.UpdatedAt = now
	*c = changed
	return nil
}

func replace[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
