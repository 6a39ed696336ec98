package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/fault"
)

// ETag names a version of a resource (RFC 9110, 8.8.3).
func ETag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// IfMatch is the input of a change that may be tied to a version.
type IfMatch struct {
	IfMatch string `header:"If-Match" doc:"the ETag that the change is based on; 412 if the resource has changed since"`
}

// Check fails with fault.CodeVersionMismatch when the client named other
// versions than this.
func (m IfMatch) Check(version int64) error {
	if m.IfMatch == "" || names(m.IfMatch, ETag(version), false) {
		return nil
	}
	return fault.New(fault.CodeVersionMismatch, "The version is %s now.", ETag(version))
}

// Require fails with fault.CodeVersionRequired when the client named none.
func (m IfMatch) Require() error {
	if strings.TrimSpace(m.IfMatch) == "" {
		return fault.New(fault.CodeVersionRequired, "Send If-Match with the ETag that the change is based on.")
	}
	return nil
}

// IfNoneMatch is the input of a read that need not repeat what the client has.
type IfNoneMatch struct {
	IfNoneMatch string `header:"If-None-Match" doc:"an ETag; 304 if the resource still has it"`
}

// Check returns the answer 304 as an error when the client has this version.
func (m IfNoneMatch) Check(etag string) error {
	if m.IfNoneMatch == "" || !names(m.IfNoneMatch, etag, true) {
		return nil
	}
	return huma.ErrorWithHeaders(notModified{}, http.Header{"ETag": {etag}})
}

// notModified is the status 304, which has no body.
type notModified struct{}

// Error is the status in words.
func (notModified) Error() string { return "not modified" }

// GetStatus is 304.
func (notModified) GetStatus() int { return http.StatusNotModified }

// names reports whether a list of entity tags holds etag, or "*". The weak
// comparison takes W/"1" for "1" (RFC 9110, 8.8.3.2).
func names(list, etag string, weak bool) bool {
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.TrimSpace(tag)
		if weak {
			tag = strings.TrimPrefix(tag, "W/")
		}
		if tag == "*" || tag == etag {
			return true
		}
	}
	return false
}
