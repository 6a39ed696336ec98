package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// OAuthClients keeps the applications that were registered by routes.
type OAuthClients struct {
	db *sqlx.DB
}

// NewOAuthClients returns the clients in db.
func NewOAuthClients(db *sqlx.DB) *OAuthClients { return &OAuthClients{db: db} }

const clientColumns = `client_id, client_name, redirect_uris, grant_types, scopes, is_public, secret_hash, created_at, updated_at`

// Create stores a new client and notes it, or fails with fault.CodeClientTaken.
func (r *OAuthClients) Create(ctx context.Context, c *entity.OAuthClient, deed *entity.Deed) error {
	row := newClientRow(c)
	err := database.InTx(ctx, r.db, func(tx *database.Tx) error {
		err := execNamed(ctx, tx, `
			INSERT INTO oauth_clients (`+clientColumns+`)
			VALUES (:client_id, :client_name, :redirect_uris, :grant_types, :scopes, :is_public, :secret_hash, :created_at, :updated_at)`, row)
		if err != nil {
			return fmt.Errorf("create client %s: %w", c.ID, err)
		}
		return note(ctx, tx, deed)
	})
	if database.IsDuplicate(err) {
		return fault.New(fault.CodeClientTaken, "Another client has this id.").Because(err)
	}
	return err
}

// Find returns a client or fails with fault.NotFound.
func (r *OAuthClients) Find(ctx context.Context, clientID string) (*entity.OAuthClient, error) {
	client, err := oneClient(ctx, r.db, clientID, "")
	return client, database.Wrap(err)
}

// All returns every client by its id.
func (r *OAuthClients) All(ctx context.Context) ([]*entity.OAuthClient, error) {
	var rows []clientRow
	if err := r.db.SelectContext(ctx, &rows, `SELECT `+clientColumns+` FROM oauth_clients ORDER BY client_id`); err != nil {
		return nil, database.Wrap(fmt.Errorf("list clients: %w", err))
	}
	clients := make([]*entity.OAuthClient, len(rows))
	for i, row := range rows {
		clients[i] = row.client()
	}
	return clients, nil
}

// Update changes a client while holding its row and notes it. If change fails
// nothing is saved.
func (r *OAuthClients) Update(ctx context.Context, clientID string, deed *entity.Deed, change func(*entity.OAuthClient) error) (*entity.OAuthClient, error) {
	var client *entity.OAuthClient
	err := database.InTx(ctx, r.db, func(tx *database.Tx) (err error) {
		if client, err = oneClient(ctx, tx, clientID, "FOR UPDATE"); err != nil {
			return err
		}
		if err := change(client); err != nil {
			return err
		}
		err = execNamed(ctx, tx, `
			UPDATE oauth_clients
			SET    client_name = :client_name, redirect_uris = :redirect_uris, grant_types = :grant_types,
			       scopes = :scopes, updated_at = :updated_at
			WHERE  client_id = :client_id`, newClientRow(client))
		if err != nil {
			return fmt.Errorf("update client %s: %w", clientID, err)
		}
		return note(ctx, tx, deed)
	})
	return client, err
}

// Delete removes a client with all consents to it, and notes it; or fails with
// fault.NotFound.
func (r *OAuthClients) Delete(ctx context.Context, clientID string, deed *entity.Deed) error {
	return database.InTx(ctx, r.db, func(tx *database.Tx) error {
		if _, err := oneClient(ctx, tx, clientID, "FOR UPDATE"); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM oauth_consents WHERE client_id = ?`, clientID); err != nil {
			return fmt.Errorf("delete consents to client %s: %w", clientID, err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM oauth_clients WHERE client_id = ?`, clientID); err != nil {
			return fmt.Errorf("delete client %s: %w", clientID, err)
		}
		return note(ctx, tx, deed)
	})
}

func oneClient(ctx context.Context, q database.Queryer, clientID, lock string) (*entity.OAuthClient, error) {
	if !isASCII(clientID) {
		return nil, fault.NotFoundf("There is no such client.")
	}
	var row clientRow
	err := q.GetContext(ctx, &row, `SELECT `+clientColumns+` FROM oauth_clients WHERE client_id = ? `+lock, clientID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fault.NotFoundf("There is no such client.")
	case err != nil:
		return nil, fmt.Errorf("find client: %w", err)
	}
	return row.client(), nil
}

// isASCII reports whether a text may be compared with a column of that character
// set: the server refuses others, and finding none is no failure.
func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c > unicode.MaxASCII })
}

// clientRow is a row of oauth_clients.
type clientRow struct {
	ID           string                 `db:"client_id"`
	Name         string                 `db:"client_name"`
	RedirectURIs list[string]           `db:"redirect_uris"`
	GrantTypes   list[entity.GrantType] `db:"grant_types"`
	Scopes       list[string]           `db:"scopes"`
	Public       bool                   `db:"is_public"`
	SecretHash   []byte                 `db:"secret_hash"`
	CreatedAt    time.Time              `db:"created_at"`
	UpdatedAt    time.Time              `db:"updated_at"`
}

func newClientRow(c *entity.OAuthClient) clientRow {
	return clientRow{
		ID: c.ID, Name: c.Name, RedirectURIs: c.RedirectURIs, GrantTypes: c.GrantTypes, Scopes: c.Scopes,
		Public: c.Public, SecretHash: c.SecretHash, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

func (r clientRow) client() *entity.OAuthClient {
	return &entity.OAuthClient{
		ID: r.ID, Name: r.Name, RedirectURIs: r.RedirectURIs, GrantTypes: r.GrantTypes, Scopes: r.Scopes,
		Public: r.Public, SecretHash: r.SecretHash, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// execNamed executes a statement with the fields of row for its :names.
func execNamed(ctx context.Context, tx *database.Tx, query string, row any) error {
	query, args, err := sqlx.Named(query, row)
	if err != nil {
		return fmt.Errorf("bind the fields: %w", err)
	}
	_, err = tx.ExecContext(ctx, query, args...)
	return err
}
