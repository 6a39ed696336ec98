package service

import (
	"context"

	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/user-service/internal/entity"
)

// deeds is the audit record.
type deeds interface {
	Search(ctx context.Context, filter entity.DeedFilter, q page.Query) (page.Page[entity.Deed], error)
}

// Audit is the record of what admins and roots did to accounts, clients and
// keys.
type Audit struct {
	deeds deeds
}

// NewAudit returns the record in a store.
func NewAudit(deeds deeds) *Audit { return &Audit{deeds: deeds} }

// Search returns the deeds that match, a page at a time.
func (a *Audit) Search(ctx context.Context, filter entity.DeedFilter, q page.Query) (page.Page[entity.Deed], error) {
	return a.deeds.Search(ctx, filter, q)
}
