package controller

import (
	"encoding/json"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// threshold is a number that may be left out, or null.
type threshold struct {
	sent  bool
	units *int
}

// UnmarshalJSON reads a whole number or null.
func (t *threshold) UnmarshalJSON(raw []byte) error {
	t.sent = true
	return json.Unmarshal(raw, &t.units)
}

// Schema is a whole number or null.
func (threshold) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Nullable: true, Examples: []any{5}}
}

// change is nil for a threshold that was left out.
func (t threshold) change() *entity.Threshold {
	if !t.sent {
		return nil
	}
	return &entity.Threshold{Units: t.units}
}

// inBody tells the mistakes of an input at their places in the request's body.
func inBody(err error) error {
	found, ok := errors.AsType[*fault.Error](err)
	if !ok || len(found.Violations) == 0 {
		return err
	}
	placed := make([]fault.Violation, len(found.Violations))
	for i, v := range found.Violations {
		placed[i] = fault.Violation{Location: "body." + v.Location, Message: v.Message}
	}
	return fault.InvalidAll(placed...)
}

// details turns violations into what huma collects.
func details(place *huma.PathBuffer, found []fault.Violation) []error {
	told := make([]error, len(found))
	for i, v := range found {
		told[i] = &huma.ErrorDetail{Location: place.With(v.Location), Message: v.Message}
	}
	return told
}
