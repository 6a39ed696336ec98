// Package fault is the fleet's one vocabulary of failure. What a caller can act
// on is an *Error with a kind, a stable code and a message fit to show; every
// other error is ours alone and never leaves the house. Package web turns a
// kind into an HTTP status, package broker into a verdict on a message; nothing
// else inspects errors.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says what a failure means to whoever asked.
type Kind int

// The kinds, from the caller's mistakes to our own.
const (
	Internal             Kind = iota // we broke; also the kind of every error that is no *Error
	Malformed                        // not readable
	Invalid                          // readable, but against the rules
	Unauthenticated                  // who are you?
	Forbidden                        // known, and not allowed
	NotFound                         // unknown, or not yours to see
	MethodNotAllowed                 // the resource has no such method
	NotAcceptable                    // no representation that the caller takes
	Conflict                         // against the state of things
	PreconditionFailed               // another version than the caller thinks
	PreconditionRequired             // the caller must name a version
	TooLarge                         // more than is taken
	UnsupportedMediaType             // not a type that is taken
	TooMany                          // slow down
	Unavailable                      // something we need is away; it heals by itself
)

// Violation is one mistake in an input.
type Violation struct {
	Location string // where, such as "body.products[1].quantity"
	Message  string // what is wrong there, fit to show
}

// Error is a failure that the caller can act on.
type Error struct {
	Kind       Kind
	Code       Code
	Message    string        // fit to show to anyone
	Violations []Violation   // all mistakes of the input, for Invalid and Malformed
	RetryAfter time.Duration // when asking again makes sense; 0 if unknown
	cause      error
}

// New returns a failure with the code's own kind.
func New(code Code, format string, args ...any) *Error {
	return &Error{Kind: code.Kind(), Code: code, Message: fmt.Sprintf(format, args...)}
}

// NotFoundf returns a failure of kind NotFound.
func NotFoundf(format string, args ...any) *Error { return New(CodeNotFound, format, args...) }

// Invalidf returns a failure of kind Invalid about the input as a whole.
func Invalidf(format string, args ...any) *Error { return New(CodeInvalidRequest, format, args...) }

// InvalidAt returns a failure of kind Invalid about one place of the input.
func InvalidAt(location, format string, args ...any) *Error {
	return InvalidAll(Violation{Location: location, Message: fmt.Sprintf(format, args...)})
}

// InvalidAll returns a failure of kind Invalid that lists all mistakes, or nil
// where there are none. Mind that the nil is an *Error: return it through
// [Error.Err].
func InvalidAll(violations ...Violation) *Error {
	if len(violations) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: CodeInvalidRequest, Message: "The request does not keep the rules.", Violations: violations}
}

// Unavailablef returns a failure of kind Unavailable that is worth another try
// in a second.
func Unavailablef(cause error, format string, args ...any) *Error {
	e := New(CodeUnavailable, format, args...)
	e.RetryAfter, e.cause = time.Second, cause
	return e
}

// After sets when asking again makes sense.
func (e *Error) After(d time.Duration) *Error {
	e.RetryAfter = d
	return e
}

// Because keeps the cause for our logs and for errors.Is; it is never shown.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// Err returns e as an error, nil if e is nil.
func (e *Error) Err() error {
	if e == nil {
		return nil
	}
	return e
}

// Error tells everything, also what is not fit to show: it is for our logs.
func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Message
	for _, v := range e.Violations {
		text += fmt.Sprintf(" [%s: %s]", v.Location, v.Message)
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Temporary reports whether the failure heals by itself.
func (e *Error) Temporary() bool { return e.Kind == Unavailable }

// KindOf returns the kind of the first *Error in err's chain, Internal when
// there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// CodeOf returns the code of the first *Error in err's chain, CodeInternal when
// there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
