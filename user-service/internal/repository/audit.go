package repository

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// Audit reads the record of who did what. Rows are written by the transactions
// that do it, so none is missing and none tells of what did not happen.
type Audit struct {
	db *sqlx.DB
}

// NewAudit returns the record in db.
func NewAudit(db *sqlx.DB) *Audit { return &Audit{db: db} }

// note writes a deed in the transaction that does it; nil is none.
func note(ctx context.Context, tx *database.Tx, deed *entity.Deed) error {
	if deed == nil {
		return nil
	}
	var actor any
	if !deed.Actor.IsZero() {
		actor = deed.Actor
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO audit (deed_id, actor_id, action, subject, detail, occurred_at)
		VALUES (?, ?, ?, ?, ?, ?)`,
		deed.ID, actor, deed.Action, deed.Subject, deed.Detail, deed.OccurredAt)
	if err != nil {
		return fmt.Errorf("note %s of %s: %w", deed.Action, deed.Subject, err)
	}
	return nil
}

// Search returns the deeds that match a filter, a page at a time, by their time.
func (r *Audit) Search(ctx context.Context, filter entity.DeedFilter, q page.Query) (page.Page[entity.Deed], error) {
	behind, args := database.After(q, "deed_id", "deed_id") // ids grow with time
	conditions := []string{behind}
	if filter.Subject != "" {
		conditions, args = append(conditions, "subject = ?"), append(args, filter.Subject)
	}
	if !filter.Actor.IsZero() {
		conditions, args = append(conditions, "actor_id = ?"), append(args, filter.Actor)
	}
	var rows []deedRow
	err := r.db.SelectContext(ctx, &rows, `
		SELECT deed_id, actor_id, action, subject, detail, occurred_at
		FROM   audit
		WHERE  `+strings.Join(conditions, " AND ")+`
		ORDER  BY `+database.OrderBy(q, "deed_id", "deed_id")+`
		LIMIT  ?`, append(args, q.Limit+1)...)
	if err != nil {
		return page.Page[entity.Deed]{}, database.Wrap(fmt.Errorf("search the audit record: %w", err))
	}
	deeds := make([]entity.Deed, len(rows))
	for i, row := range rows {
		deeds[i] = row.deed()
	}
	return page.Cut(deeds, q.Limit, func(d entity.Deed) page.Key { return page.Key{ID: d.ID} }), nil
}

type deedRow struct {
	ID         id.ID           `db:"deed_id"`
	Actor      sql.Null[id.ID] `db:"actor_id"`
	Action     entity.Action   `db:"action"`
	Subject    string          `db:"subject"`
	Detail     string          `db:"detail"`
	OccurredAt time.Time       `db:"occurred_at"`
}

func (r deedRow) deed() entity.Deed {
	return entity.Deed{ID: r.ID, Actor: r.Actor.V, Action: r.Action, Subject: r.Subject, Detail: r.Detail, OccurredAt: r.OccurredAt}
}
