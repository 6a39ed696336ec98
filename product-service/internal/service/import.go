package service

import (
	"context"
	"iter"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// importBatch is how many rows are kept by one transaction where not all are.
const importBatch = 1000

// MaxRows is how many rows an import may have.
const MaxRows = 100_000

// Import adds and changes products, row by row. progress hears now and then how
// many rows have been looked at. It fails only when something is away; then the
// report tells what is kept.
func (s *Products) Import(ctx context.Context, by auth.Principal, how entity.Importing, rows iter.Seq[*entity.Row], progress func(rows int)) (entity.Report, error) {
	var report entity.Report
	var pending []*entity.Row
	for row := range rows {
		report.Rows++
		if report.Rows > MaxRows {
			report.Fail(row.Number, fault.InvalidAt("", "is behind the %d rows that are allowed", MaxRows))
			break
		}
		pending = append(pending, row)
		if report.Rows%importBatch != 0 {
			continue
		}
		progress(report.Rows)
		if !how.Atomic {
			if err := s.importRows(ctx, by, how, pending, &report); err != nil {
				return report, err
			}
			pending = pending[:0]
		}
	}
	return report, s.importRows(ctx, by, how, pending, &report)
}

// importRows keeps rows by one transaction. Whatever fails is reported.
func (s *Products) importRows(ctx context.Context, by auth.Principal, how entity.Importing, rows []*entity.Row, report *entity.Report) error {
	var added []*entity.Product
	var changed []*entity.Row
	var ids []id.ID
	for _, row := range rows {
		if row.Refers() {
			changed, ids = append(changed, row), append(ids, row.ID)
			continue
		}
		product, err := s.draft(by, row)
		if err != nil {
			report.Fail(row.Number, err)
			continue
		}
		added = append(added, product)
	}
	failures := make([]error, len(changed))
	failed := func() (n int) {
		for _, err := range failures {
			if err != nil {
				n++
			}
		}
		return n
	}
	keep := func() bool { return !how.DryRun && !(how.Atomic && report.Failed+failed() > 0) }
	if len(rows) == 0 || len(ids) == 0 && !keep() && !how.DryRun {
		return nil
	}
	err := s.store.Import(ctx, added, ids, func(place int, p *entity.Product) { failures[place] = s.amend(by, changed[place], p) }, keep)
	if err != nil {
		return err
	}
	kept := keep() || how.DryRun && !(how.Atomic && report.Failed+failed() > 0)
	for place, err := range failures {
		if err != nil {
			report.Fail(changed[place].Number, err)
		}
	}
	if kept {
		report.Created += len(added)
		report.Updated += len(changed) - failed()
	}
	return nil
}

func (s *Products) draft(by auth.Principal, row *entity.Row) (*entity.Product, error) {
	productID, err := id.New()
	if err != nil {
		return nil, err
	}
	edit, err := edit(by, productID.Time())
	if err != nil {
		return nil, err
	}
	edit.ID = productID
	return row.Product(edit)
}

// amend changes a product as a row says; nil is one that does not exist.
func (s *Products) amend(by auth.Principal, row *entity.Row, p *entity.Product) error {
	if p == nil {
		broken := row.Wrong
		if len(broken) == 0 {
			broken = []fault.Violation{{Location: "id", Message: "is of no product that exists"}}
		}
		return fault.InvalidAll(broken...)
	}
	edit, err := edit(by, s.now())
	if err != nil {
		return err
	}
	return row.Apply(p, edit)
}
