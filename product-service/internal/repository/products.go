// Package repository keeps the catalogue and the reservations in MySQL. Every
// method is its own transaction.
//
// Rows are locked in one order everywhere, so that transactions wait for each
// other and do not deadlock: reservations that are there, by order id; then
// products, by product id; then quotes, by quote id; then new reservations, by
// order id.
package repository

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/singleflight"

	"github.com/oms-fleet/oms/common/batch"
	"github.com/oms-fleet/oms/common/database"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// Products keeps the catalogue.
type Products struct {
	db    *sqlx.DB
	news  News
	reads *batch.Batcher[id.ID, *entity.Product]

	cache    *Cache // nil without one
	lists    *batch.Batcher[[]id.ID, []*entity.Product]
	versions *batch.Batcher[struct{}, int64]
	searches singleflight.Group
	findings findings
	planning estimates
}

// ErrExists reports a product whose id is taken.
var ErrExists = errors.New("the product exists")

// NewProducts returns the catalogue in db. What happens to it goes to news.
func NewProducts(db *sqlx.DB, news News, now func() time.Time) *Products {
	r := &Products{db: db, news: news, cache: news.Cache, findings: findings{now: now}}
	parallel := parallelReads
	if r.cache != nil {
		parallel = 1 // one loader at a time; two share less, and are no faster
	}
	r.reads = batch.New(maxReads, parallel, r.findCached)
	r.lists = batch.New(maxLists, parallel, r.readLists)
	r.versions = batch.New(maxReads, 1, r.readVersion)
	return r
}

// Reads that come together share a statement: half as many again in a second
// (measured).
const (
	maxReads      = 100
	maxLists      = 8 // of searches
	parallelReads = 2
)

// productColumns are those of productRow.
const productColumns = `p.product_id, p.name, p.name_key, p.description, p.price, p.price_from, p.on_hand, p.reserved,
	p.low_stock_threshold, p.low_stock_told, p.image_hash, p.image_shown, p.status, p.version, p.created_at, p.updated_at`

type productRow struct {
	ID          id.ID         `db:"product_id"`
	Name        string        `db:"name"`
	NameKey     string        `db:"name_key"`
	Description string        `db:"description"`
	Price       money.Amount  `db:"price"`
	PriceFrom   time.Time     `db:"price_from"`
	OnHand      int           `db:"on_hand"`
	Reserved    int           `db:"reserved"`
	Threshold   *int          `db:"low_stock_threshold"`
	LowTold     bool          `db:"low_stock_told"`
	Image       []byte        `db:"image_hash"`
	ImageShown  bool          `db:"image_shown"`
	Status      entity.Status `db:"status"`
	Version     int64         `db:"version"`
	CreatedAt   time.Time     `db:"created_at"`
	UpdatedAt   time.Time     `db:"updated_at"`
}

func (r *productRow) product() *entity.Product {
	return &entity.Product{
		ID: r.ID, Name: r.Name, Description: r.Description, Price: r.Price, PriceFrom: r.PriceFrom,
		Stock: entity.Stock{OnHand: r.OnHand, Reserved: r.Reserved, Threshold: r.Threshold, LowTold: r.LowTold},
		Image: imageHash(r.Image), ImageShown: r.ImageShown, Status: r.Status, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// Find returns a product, archived or not.
func (r *Products) Find(ctx context.Context, productID id.ID) (*entity.Product, error) {
	product, err := r.reads.Do(ctx, productID)
	if err == nil && product == nil {
		return nil, unknown(productID)
	}
	return product, err
}

// FindAll returns those of the products that exist, archived or not, in the order
// of ids.
func (r *Products) FindAll(ctx context.Context, ids []id.ID) ([]*entity.Product, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := r.findAll(ctx, ids)
	return slices.DeleteFunc(found, func(p *entity.Product) bool { return p == nil }), err
}

// findAll returns the products of ids in their order, nil where there is none.
func (r *Products) findAll(ctx context.Context, ids []id.ID) ([]*entity.Product, error) {
	var rows []productRow
	query := "SELECT " + productColumns + " FROM products p WHERE p.product_id IN " + database.In(len(ids))
	if err := r.db.SelectContext(ctx, &rows, query, anys(ids)...); err != nil {
		return nil, database.Wrap(fmt.Errorf("find products: %w", err))
	}
	byID := make(map[id.ID]*entity.Product, len(rows))
	for i := range rows {
		byID[rows[i].ID] = rows[i].product()
	}
	found := make([]*entity.Product, len(ids))
	for i, productID := range ids {
		found[i] = byID[productID]
	}
	return found, nil
}

// lock returns a product that nobody else changes until tx ends.
func lock(ctx context.Context, tx *database.Tx, productID id.ID) (*entity.Product, error) {
	var row productRow
	err := tx.GetContext(ctx, &row, "SELECT "+productColumns+" FROM products p WHERE p.product_id = ? FOR UPDATE", productID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, unknown(productID)
	}
	if err != nil {
		return nil, fmt.Errorf("lock product %s: %w", productID, err)
	}
	return row.product(), nil
}

func unknown(productID id.ID) error { return fault.NotFoundf("There is no product %s.", productID) }

// Create adds products with their prices, adjustments and events: all of them or
// none. It fails with ErrExists when one of the ids is taken.
func (r *Products) Create(ctx context.Context, products ...*entity.Product) error {
	err := r.news.inTx(ctx, r.db, func(tx *database.Tx) ([]entity.Event, error) {
		if err := create(ctx, tx, products); err != nil {
			return nil, err
		}
		return eventsOf(products), countChange(ctx, tx)
	})
	if database.IsDuplicate(err) {
		return fmt.Errorf("%w: %w", ErrExists, err)
	}
	if err == nil {
		r.cache.invalidate(ctx, idsOf(products, func(p *entity.Product) id.ID { return p.ID }))
	}
	return err
}

// Update changes a product while holding its row, so that no other change comes
// between. If change fails nothing is saved.
func (r *Products) Update(ctx context.Context, productID id.ID, change func(*entity.Product) error) (*entity.Product, error) {
	var product *entity.Product
	err := r.news.inTx(ctx, r.db, func(tx *database.Tx) (_ []entity.Event, err error) {
		if product, err = lock(ctx, tx, productID); err != nil {
			return nil, err
		}
		if product.Prices, err = pricesFrom(ctx, tx, productID, product.PriceFrom); err != nil {
			return nil, err
		}
		before := *product
		if err := change(product); err != nil {
			return nil, err
		}
		if product.Version == before.Version {
			return nil, nil
		}
		if err := save(ctx, tx, []edited{{&before, product}}); err != nil {
			return nil, err
		}
		return product.Events, countFindable(ctx, tx, edited{&before, product})
	})
	if err == nil {
		r.cache.invalidate(ctx, []id.ID{productID})
	}
	return product, err
}

// CreateMissing adds those of the products that are not there yet, each by
// itself.
func (r *Products) CreateMissing(ctx context.Context, products ...*entity.Product) error {
	for _, p := range products {
		if err := r.Create(ctx, p); err != nil && !errors.Is(err, ErrExists) {
			return err
		}
	}
	return nil
}
