// Package service says what product-service does, in the shop's words.
package service

import (
	"context"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type catalogue interface {
	Find(ctx context.Context, productID id.ID) (*entity.Product, error)
	FindAll(ctx context.Context, ids []id.ID) ([]*entity.Product, error)
	Search(ctx context.Context, s entity.Search) (page.Page[*entity.Product], error)
	Create(ctx context.Context, products ...*entity.Product) error
	CreateMissing(ctx context.Context, products ...*entity.Product) error
	Update(ctx context.Context, productID id.ID, change func(*entity.Product) error) (*entity.Product, error)
	Adjustments(ctx context.Context, productID id.ID, q page.Query) (page.Page[entity.Adjustment], error)
	History(ctx context.Context, productID id.ID) (entity.Timeline, error)
	Import(ctx context.Context, added []*entity.Product, changed []id.ID, change func(place int, p *entity.Product), keep func() bool) error
	UpdateDue(ctx context.Context, at time.Time, limit int, change func(*entity.Product)) (int, error)
}

// Products is the catalogue.
type Products struct {
	store catalogue
	now   func() time.Time
}

// NewProducts returns the catalogue that store keeps.
func NewProducts(store catalogue, now func() time.Time) *Products {
	return &Products{store: store, now: now}
}

// Find returns a product, archived or not.
func (s *Products) Find(ctx context.Context, productID id.ID) (*entity.Product, error) {
	return s.store.Find(ctx, productID)
}

// FindAll returns those of the products that exist, archived or not.
func (s *Products) FindAll(ctx context.Context, ids []id.ID) ([]*entity.Product, error) {
	return s.store.FindAll(ctx, ids)
}

// Search returns a page of products. Archived ones are for admins to see.
func (s *Products) Search(ctx context.Context, by auth.Principal, search entity.Search) (page.Page[*entity.Product], error) {
	if search.Status != entity.Active && !by.Is(auth.Admin) {
		return page.Page[*entity.Product]{}, fault.New(fault.CodeForbidden, "Only admins may list archived products.")
	}
	return s.store.Search(ctx, search)
}

// Create adds a product to the catalogue. It is as old as its id, so that sorting
// by id is sorting by age.
func (s *Products) Create(ctx context.Context, by auth.Principal, draft entity.Draft) (*entity.Product, error) {
	productID, err := id.New()
	if err != nil {
		return nil, err
	}
	edit, err := edit(by, productID.Time())
	if err != nil {
		return nil, err
	}
	product, err := entity.NewProduct(productID, draft, edit)
	if err != nil {
		return nil, err
	}
	return product, s.store.Create(ctx, product)
}

// Change changes what people say about a product.
func (s *Products) Change(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis, change entity.Change) (*entity.Product, error) {
	return s.update(ctx, by, productID, basis, func(p *entity.Product, edit entity.Edit) error { return p.Apply(change, edit) })
}

// Adjust changes a product's stock on hand.
func (s *Products) Adjust(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis, count entity.Count) (*entity.Product, error) {
	return s.update(ctx, by, productID, basis, func(p *entity.Product, edit entity.Edit) error { return p.Adjust(count, edit) })
}

// Adjustments returns a page of a product's adjustments.
func (s *Products) Adjustments(ctx context.Context, productID id.ID, q page.Query) (page.Page[entity.Adjustment], error) {
	if _, err := s.store.Find(ctx, productID); err != nil {
		return page.Page[entity.Adjustment]{}, err
	}
	return s.store.Adjustments(ctx, productID, q)
}

// update changes a product under its lock. The edit gets its time there, so that
// edits of one product follow each other.
func (s *Products) update(ctx context.Context, by auth.Principal, productID id.ID, basis entity.Basis,
	change func(*entity.Product, entity.Edit) error,
) (*entity.Product, error) {
	return s.store.Update(ctx, productID, func(p *entity.Product) error {
		if err := basis.Check(p); err != nil {
			return err
		}
		edit, err := edit(by, s.now())
		if err != nil {
			return err
		}
		return change(p, edit)
	})
}

func edit(by auth.Principal, at time.Time) (entity.Edit, error) {
	editID, err := id.New()
	actor := entity.System
	if by.IsUser() {
		actor = by.UserID.String()
	}
	return entity.Edit{ID: editID, Actor: actor, At: at}, err
}
