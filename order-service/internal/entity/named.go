package entity

import "github.com/oms-fleet/oms/common/id"

// Named is what a product is called now.
type Named struct {
	Name     string
	ImageURL *string
}

// Nameless lists the products of an order that has no snapshot of them yet.
func (o *Order) Nameless() []id.ID {
	if o.Total != nil {
		return nil
	}
	ids := make([]id.ID, len(o.Lines))
	for i, line := range o.Lines {
		ids[i] = line.ProductID
	}
	return ids
}

// WithNames returns the order with the names of today, for lack of a snapshot.
// It is for showing, never for saving.
func (o *Order) WithNames(names map[id.ID]Named) *Order {
	shown := *o
	shown.Lines = make([]Line, len(o.Lines))
	for i, line := range o.Lines {
		if named, ok := names[line.ProductID]; ok {
			line.Name, line.ImageURL = &named.Name, named.ImageURL
		}
		shown.Lines[i] = line
	}
	return &shown
}
