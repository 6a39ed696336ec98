package service

import (
	"context"
	"fmt"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// demo is a product of the demo catalogue. Its id is fixed, so that replicas that
// start at once, and every start after that, mean the same product.
type demo struct {
	id          string
	name        string
	description string
	price       money.Amount
	quantity    int
}

func demoCatalogue() []demo {
	return []demo{
		{"019b76da-a800-7000-8000-000000000001", "Desk Lamp Lumen", "Adjustable LED desk lamp with a warm and a cold light and a heavy, steady foot.", 3990, 120},
		{"019b76db-9260-7000-8000-000000000002", "Stoneware Mug", "Hand-glazed mug for 350 ml of coffee or tea; safe in the dishwasher.", 1290, 400},
		{"019b76dc-7cc0-7000-8000-000000000003", "Oak Chopping Board", "Solid oak, 40 × 25 cm, oiled, with a groove that catches the juice.", 3450, 80},
		{"019b76dd-6720-7000-8000-000000000004", "Wool Blanket Fjäll", "Soft blanket of lamb's wool, 130 × 180 cm, woven in Sweden.", 8900, 45},
		{"019b76de-5180-7000-8000-000000000005", "Fountain Pen Écriture", "Steel nib, medium width; comes with a converter and six blue cartridges.", 2790, 150},
		{"019b76df-3be0-7000-8000-000000000006", "Dotted Notebook A5", "192 pages of 100 g paper with dots, lies flat, two ribbons.", 1595, 600},
		{"019b76e0-2640-7000-8000-000000000007", "Café Press", "Glass coffee press for eight cups with a double steel filter.", 2995, 90},
		{"019b76e1-10a0-7000-8000-000000000008", "Cast-Iron Pan", "Seasoned 28 cm pan for every stove, oven and camp fire.", 4950, 60},
		{"019b76e1-fb00-7000-8000-000000000009", "Canvas Backpack", "Waxed canvas, 22 litres, with a padded sleeve for a 15-inch laptop.", 7900, 75},
		{"019b76e2-e560-7000-8000-00000000000a", "Wall Clock Minute", "Quiet quartz clock, 30 cm across, readable from the other end of the hall.", 4490, 40},
		{"019b76e3-cfc0-7000-8000-00000000000b", "Herb Garden", "Basil, thyme and chives in a zinc box with everything they need to grow.", 2450, 110},
		{"019b76e4-ba20-7000-8000-00000000000c", "Travel Chess", "Magnetic chess set of beech wood that folds to the size of a book.", 3290, 25},
	}
}

// SeedDemo adds the demo catalogue, as far as it is not there yet.
func (s *Products) SeedDemo(ctx context.Context) error {
	var products []*entity.Product
	for _, d := range demoCatalogue() {
		productID, err := id.Parse(d.id)
		if err != nil {
			return fmt.Errorf("demo product %s: %w", d.name, err)
		}
		product, err := entity.NewProduct(productID,
			entity.Draft{Name: d.name, Description: d.description, Price: d.price, Quantity: d.quantity},
			entity.Edit{ID: productID, Actor: entity.System, At: productID.Time()})
		if err != nil {
			return fmt.Errorf("demo product %s: %w", d.name, err)
		}
		products = append(products, product)
	}
	return s.store.CreateMissing(ctx, products...)
}

// SeedDemo gives the products of the demo catalogue their pictures, by their
// places in it, unless somebody has changed them.
func (s *Images) SeedDemo(ctx context.Context, draw func(place int) ([]byte, error)) error {
	for place, d := range demoCatalogue() {
		productID, err := id.Parse(d.id)
		if err != nil {
			return fmt.Errorf("demo product %s: %w", d.name, err)
		}
		product, err := s.products.Find(ctx, productID)
		if err != nil {
			return err
		}
		if product.Version > 1 {
			continue
		}
		raw, err := draw(place)
		if err != nil {
			return err
		}
		if _, err := s.Put(ctx, auth.Principal{}, productID, unchanged, raw); err != nil && fault.KindOf(err) != fault.PreconditionFailed {
			return fmt.Errorf("picture of demo product %s: %w", d.name, err)
		}
	}
	return nil
}

// unchanged is the basis of what only the first replica does.
func unchanged(p *entity.Product) error {
	if p.Version > 1 {
		return fault.New(fault.CodeVersionMismatch, "Somebody was faster.")
	}
	return nil
}
