package repository

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Consents keeps what people allow applications.
type Consents struct {
	db *sqlx.DB
}

// NewConsents returns the consents in db.
func NewConsents(db *sqlx.DB) *Consents { return &Consents{db: db} }

// List returns what a person allows, by application.
func (r *Consents) List(ctx context.Context, userID id.ID) ([]entity.Consent, error) {
	var rows []struct {
		ClientID  string       `db:"client_id"`
		Scopes    list[string] `db:"scopes"`
		GrantedAt time.Time    `db:"granted_at"`
	}
	err := r.db.SelectContext(ctx, &rows, `
		SELECT client_id, scopes, granted_at FROM oauth_consents WHERE user_id = ? ORDER BY client_id`, userID)
	if err != nil {
		return nil, database.Wrap(fmt.Errorf("list consents of user %s: %w", userID, err))
	}
	consents := make([]entity.Consent, len(rows))
	for i, row := range rows {
		consents[i] = entity.Consent{UserID: userID, ClientID: row.ClientID, Scopes: row.Scopes, GrantedAt: row.GrantedAt}
	}
	return consents, nil
}

// Save stores a consent in place of an older one to the same application.
func (r *Consents) Save(ctx context.Context, c entity.Consent) error {
	_, err := r.db.ExecContext(ctx, `
		INSERT INTO oauth_consents (user_id, client_id, scopes, granted_at)
		VALUES (?, ?, ?, ?)
		ON DUPLICATE KEY UPDATE scopes = VALUES(scopes), granted_at = VALUES(granted_at)`,
		c.UserID, c.ClientID, list[string](c.Scopes), c.GrantedAt)
	if err != nil {
		return database.Wrap(fmt.Errorf("save a consent of user %s: %w", c.UserID, err))
	}
	return nil
}

// Delete takes a consent back, or fails with fault.NotFound.
func (r *Consents) Delete(ctx context.Context, userID id.ID, clientID string) error {
	if !isASCII(clientID) {
		return fault.NotFoundf("There is no such consent.")
	}
	result, err := r.db.ExecContext(ctx, `DELETE FROM oauth_consents WHERE user_id = ? AND client_id = ?`, userID, clientID)
	if err != nil {
		return database.Wrap(fmt.Errorf("delete a consent of user %s: %w", userID, err))
	}
	if rows, err := result.RowsAffected(); err != nil || rows == 0 {
		return fault.NotFoundf("There is no such consent.")
	}
	return nil
}
