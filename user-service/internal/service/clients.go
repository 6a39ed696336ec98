package service

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// clientStore keeps the applications that were registered by routes.
type clientStore interface {
	Create(ctx context.Context, c *entity.OAuthClient, deed *entity.Deed) error
	Find(ctx context.Context, clientID string) (*entity.OAuthClient, error)
	All(ctx context.Context) ([]*entity.OAuthClient, error)
	Update(ctx context.Context, clientID string, deed *entity.Deed, change func(*entity.OAuthClient) error) (*entity.OAuthClient, error)
	Delete(ctx context.Context, clientID string, deed *entity.Deed) error
}

// clientSecrets makes and checks secrets of applications.
type clientSecrets interface {
	New() (secret string, hash []byte)
	Matches(hash []byte, secret string) bool
}

// Clients are the applications that may ask for tokens: those that the
// environment sets, for as long as it does, and those that a ROOT registers.
type Clients struct {
	fixed   []*entity.OAuthClient
	store   clientStore
	secrets clientSecrets
	now     func() time.Time
}

// NewClients returns the clients in a store and the fixed ones.
func NewClients(store clientStore, secrets clientSecrets, fixed []*entity.OAuthClient, now func() time.Time) *Clients {
	return &Clients{store: store, secrets: secrets, fixed: fixed, now: now}
}

// Find returns a client or fails with fault.NotFound.
func (c *Clients) Find(ctx context.Context, clientID string) (*entity.OAuthClient, error) {
	if i := slices.IndexFunc(c.fixed, func(f *entity.OAuthClient) bool { return f.ID == clientID }); i >= 0 {
		return c.fixed[i], nil
	}
	return c.store.Find(ctx, clientID)
}

// List returns every client by its id.
func (c *Clients) List(ctx context.Context) ([]*entity.OAuthClient, error) {
	stored, err := c.store.All(ctx)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(c.fixed, stored)
	slices.SortStableFunc(all, func(a, b *entity.OAuthClient) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(all, func(a, b *entity.OAuthClient) bool { return a.ID == b.ID }), nil
}

// Create registers a client, under a fresh id if it has none, and returns its
// secret, which nobody can read again; a public client has none.
func (c *Clients) Create(ctx context.Context, by entity.Actor, client *entity.OAuthClient) (secret string, err error) {
	if client.ID == "" {
		fresh, err := id.New()
		if err != nil {
			return "", err
		}
		client.ID = "app-" + fresh.String()
	}
	if err := fault.InvalidAll(client.Violations()...).Err(); err != nil {
		return "", err
	}
	if slices.ContainsFunc(c.fixed, func(f *entity.OAuthClient) bool { return f.ID == client.ID }) {
		return "", fault.New(fault.CodeClientTaken, "The environment sets a client with this id.")
	}
	if !client.Public {
		secret, client.SecretHash = c.secrets.New()
	}
	client.CreatedAt = c.now()
	client.UpdatedAt = client.CreatedAt
	deed, err := entity.NewDeed(by, entity.ClientCreated, client.ID, "")
	if err != nil {
		return "", err
	}
	return secret, c.store.Create(ctx, client, deed)
}

// Change changes a client that was registered by a route.
func (c *Clients) Change(ctx context.Context, by entity.Actor, clientID string, change entity.OAuthClientChange) (*entity.OAuthClient, error) {
	if err := c.loose(clientID); err != nil {
		return nil, err
	}
	deed, err := entity.NewDeed(by, entity.ClientChanged, clientID, "")
	if err != nil {
		return nil, err
	}
	return c.store.Update(ctx, clientID, deed, func(client *entity.OAuthClient) error { return client.Change(change, c.now()) })
}

// Delete removes a client that was registered by a route, with all consents to
// it. Its access tokens are good until they expire, its refresh tokens no more.
func (c *Clients) Delete(ctx context.Context, by entity.Actor, clientID string) error {
	if err := c.loose(clientID); err != nil {
		return err
	}
	deed, err := entity.NewDeed(by, entity.ClientDeleted, clientID, "")
	if err != nil {
		return err
	}
	return c.store.Delete(ctx, clientID, deed)
}

// loose fails for a client that the environment sets.
func (c *Clients) loose(clientID string) error {
	if slices.ContainsFunc(c.fixed, func(f *entity.OAuthClient) bool { return f.ID == clientID }) {
		return fault.New(fault.CodeForbidden, "The environment sets this client; change it there.")
	}
	return nil
}

// Authenticate returns the client that shows itself, or an OAuthError.
func (c *Clients) Authenticate(ctx context.Context, shown entity.Credentials) (*entity.OAuthClient, error) {
	client, err := c.Find(ctx, shown.ClientID)
	if isNotFound(err) {
		return nil, errWrongClient()
	}
	if err != nil {
		return nil, err
	}
	right := shown.Secret == ""
	if !client.Public {
		right = c.secrets.Matches(client.SecretHash, shown.Secret)
	}
	if !right {
		return nil, errWrongClient()
	}
	return client, nil
}

func errWrongClient() error {
	return entity.Refuse(entity.InvalidClient, "The client is unknown or its secret is wrong.")
}
