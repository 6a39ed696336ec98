package service

import (
	"context"
	"iter"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// importBatch is how many rows are kept by one transaction where not all are.
const importBatch = 1000

// MaxRows is how many rows an import may have.
const MaxRows = 100_000

// importsAtOnce is how many transactions of one import run side by side: one
// waits for the disk while another computes.
const importsAtOnce = 2

// Import adds and changes products, row by row. progress hears now and then how
// many rows have been looked at. It fails only when something is away; then the
// report tells what is kept.
func (s *Products) Import(ctx context.Context, by auth.Principal, how entity.Importing, rows iter.Seq[*entity.Row], progress func(rows int)) (entity.Report, error) {
	i := importing{keep: func(rows []*entity.Row, report *entity.Report) error { return s.importRows(ctx, by, how, rows, report) }}
	i.running.SetLimit(importsAtOnce)
	var pending []*entity.Row
	var report entity.Report
	for row := range rows {
		if report.Rows++; report.Rows > MaxRows {
			report.Fail(row.Number, fault.InvalidAt("", "is behind the %d rows that are allowed", MaxRows))
			break
		}
		pending = append(pending, row)
		if report.Rows%importBatch != 0 {
			continue
		}
		progress(report.Rows)
		if how.Atomic {
			continue
		}
		i.begin(pending)
		if pending = nil; i.broken.Load() {
			break
		}
	}
	err := i.end(&report)
	if err == nil {
		err = s.importRows(ctx, by, how, pending, &report)
	}
	report.Sort()
	return report, err
}

// importing is an import whose transactions run side by side.
type importing struct {
	keep    func(rows []*entity.Row, report *entity.Report) error
	running errgroup.Group
	broken  atomic.Bool // one of them has failed
	reports []*entity.Report
	named   map[id.ID]bool // the products of those that may still run
}

// begin begins to keep rows. What is said of one product is kept in the order in
// which it was said.
func (i *importing) begin(rows []*entity.Row) {
	if slices.ContainsFunc(rows, func(r *entity.Row) bool { return i.named[r.ID] }) {
		i.running.Wait() //nolint:errcheck // end tells
		i.named = nil
	}
	if i.named == nil {
		i.named = map[id.ID]bool{}
	}
	for _, row := range rows {
		if !row.ID.IsZero() {
			i.named[row.ID] = true
		}
	}
	report := &entity.Report{}
	i.reports = append(i.reports, report)
	i.running.Go(func() error {
		err := i.keep(rows, report)
		if err != nil {
			i.broken.Store(true)
		}
		return err
	})
}

// end waits for all and adds up what they report.
func (i *importing) end(report *entity.Report) error {
	err := i.running.Wait()
	for _, r := range i.reports {
		report.Add(*r)
	}
	return err
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
