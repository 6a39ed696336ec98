package web

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/page"
)

// Paging is the input of a list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"items a page"`
	Cursor string `query:"cursor" maxLength:"2000" doc:"nextCursor of the page before"`
	Sort   string `query:"sort" maxLength:"40" doc:"a field to sort by, with - in front for descending"`
}

// List is a page of a list.
type List[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"nextCursor" doc:"asks for the next page; null on the last" example:"WyJuYW1lIiwiRGVzayBMYW1wIl0"`
}

// AppendJSON writes the page, its items by themselves if they can.
func (l List[T]) AppendJSON(to []byte) (_ []byte, err error) {
	to = append(to, `{"items":[`...)
	for i := range l.Items {
		if i > 0 {
			to = append(to, ',')
		}
		if to, err = appendJSON(to, &l.Items[i]); err != nil {
			return nil, err
		}
	}
	return append(AppendNullable(append(to, `],"nextCursor":`...), l.NextCursor), '}'), nil
}

// Short is a list that comes whole.
type Short[T any] struct {
	Items []T `json:"items"`
}

// cursor is what an opaque cursor holds: where the page before ended, and in
// which order, so that it cannot be used with another.
type cursor struct {
	By    string  `json:"b"`
	Value *string `json:"v"`
	ID    id.ID   `json:"i"`
}

// Query reads the paging input for a list that can be sorted by the fields
// named, by the first one unless asked otherwise ("-createdAt" is descending).
func (p Paging) Query(first string, others ...string) (page.Query, error) {
	sort := p.Sort
	if sort == "" {
		sort = first
	}
	by, descending := strings.CutPrefix(sort, "-")
	fields := append([]string{strings.TrimPrefix(first, "-")}, others...)
	if !slices.Contains(fields, by) {
		return page.Query{}, fault.InvalidAt("query.sort", "is none of %s, with or without - in front", strings.Join(fields, ", "))
	}
	q := page.Query{Limit: p.Limit, By: by, Descending: descending}
	if p.Cursor == "" {
		return q, nil
	}
	var c cursor
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || json.Unmarshal(raw, &c) != nil || c.ID.IsZero() {
		return page.Query{}, fault.InvalidAt("query.cursor", "is not a cursor of this list")
	}
	if c.By != sort {
		return page.Query{}, fault.InvalidAt("query.cursor", "belongs to another sort order")
	}
	q.After = &page.Key{Value: c.Value, ID: c.ID}
	return q, nil
}

// NewList makes the answer of a page.
func NewList[T, R any](found page.Page[T], q page.Query, show func(T) R) List[R] {
	list := List[R]{Items: make([]R, 0, len(found.Items))}
	for _, item := range found.Items {
		list.Items = append(list.Items, show(item))
	}
	if found.Next != nil {
		sort := q.By
		if q.Descending {
			sort = "-" + sort
		}
		raw, err := json.Marshal(cursor{By: sort, Value: found.Next.Value, ID: found.Next.ID})
		if err == nil { // it has only texts
			next := base64.RawURLEncoding.EncodeToString(raw)
			list.NextCursor = &next
		}
	}
	return list
}
