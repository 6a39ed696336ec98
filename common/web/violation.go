package web

import (
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/oms-fleet/oms/common/fault"
)

const missing, present = "expected required property ", " to be present"

// violation tells one mistake, without the value that has it. A missing field is
// told at its own place, where huma names the object that lacks it.
func violation(err error) fault.Violation {
	detail, ok := err.(huma.ErrorDetailer) //nolint:errorlint // huma's own, never wrapped
	if !ok {
		return fault.Violation{Message: err.Error()}
	}
	d := detail.ErrorDetail()
	if name, ok := strings.CutPrefix(d.Message, missing); ok {
		if name, ok = strings.CutSuffix(name, present); ok {
			return fault.Violation{Location: d.Location + "." + name, Message: "is required"}
		}
	}
	if field, ok := strings.CutPrefix(d.Message, wrongType); ok {
		return fault.Violation{Location: strings.TrimSuffix(d.Location+"."+field, "."), Message: "has a value of the wrong type"}
	}
	return fault.Violation{Location: d.Location, Message: discreet(d.Message)}
}

// discreet cuts off the reasons that parsers give: they quote what they read.
func discreet(message string) string {
	for _, prefix := range []string{"expected string to be RFC", "expected string to be regex", "expected duration", "invalid value"} {
		if strings.HasPrefix(message, prefix) {
			message, _, _ = strings.Cut(message, ": ")
		}
	}
	return message
}

// vague are the mistakes that say little where another tells of the same place:
// no number or text of a Price, and the length of an id.
var vague = []string{validation.MsgExpectedMatchAtLeastOneSchema, "expected length >= 36", "expected length <= 36"}

// tidy leaves one mistake of those that mean the same.
func tidy(found []fault.Violation) []fault.Violation {
	told := map[string]bool{}
	for _, v := range found {
		if !slices.Contains(vague, v.Message) {
			told[v.Location] = true
		}
	}
	var kept []fault.Violation
	seen := map[fault.Violation]bool{}
	for _, v := range found {
		if seen[v] || (slices.Contains(vague, v.Message) && told[v.Location]) {
			continue
		}
		seen[v] = true
		if v.Message == validation.MsgExpectedMatchAtLeastOneSchema {
			v.Message = "has a value of the wrong type"
		}
		kept = append(kept, v)
	}
	return kept
}
