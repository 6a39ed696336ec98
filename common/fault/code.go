package fault

// Code names a failure for programs: stable, upper snake case, unique.
type Code string

// The codes of the fleet. A new one also goes into catalogue.
const (
	CodeMalformedRequest     Code = "MALFORMED_REQUEST"
	CodeUnauthenticated      Code = "UNAUTHENTICATED"
	CodeForbidden            Code = "FORBIDDEN"
	CodeNotFound             Code = "NOT_FOUND"
	CodeMethodNotAllowed     Code = "METHOD_NOT_ALLOWED"
	CodeNotAcceptable        Code = "NOT_ACCEPTABLE"
	CodeEmailTaken           Code = "EMAIL_TAKEN"
	CodeClientTaken          Code = "CLIENT_TAKEN"
	CodeIllegalStatus        Code = "ILLEGAL_STATUS"
	CodeStockBelowReserved   Code = "STOCK_BELOW_RESERVED"
	CodeLastRoot             Code = "LAST_ROOT"
	CodeQuoteExpired         Code = "QUOTE_EXPIRED"
	CodeQuoteUsed            Code = "QUOTE_USED"
	CodeVersionMismatch      Code = "VERSION_MISMATCH"
	CodeBodyTooLarge         Code = "BODY_TOO_LARGE"
	CodeUnsupportedMediaType Code = "UNSUPPORTED_MEDIA_TYPE"
	CodeInvalidRequest       Code = "INVALID_REQUEST"
	CodeIdempotencyKeyReused Code = "IDEMPOTENCY_KEY_REUSED"
	CodeQuoteUnknown         Code = "QUOTE_UNKNOWN"
	CodeQuoteMismatch        Code = "QUOTE_MISMATCH"
	CodeVersionRequired      Code = "VERSION_REQUIRED"
	CodeTooManyRequests      Code = "TOO_MANY_REQUESTS"
	CodeInternal             Code = "INTERNAL"
	CodeUnavailable          Code = "UNAVAILABLE"
	CodeOverloaded           Code = "OVERLOADED"
)

// Entry describes a code for the documentation.
type Entry struct {
	Code    Code
	Kind    Kind
	Meaning string // one sentence
}

// Catalogue lists every code there is, in the order of its HTTP status.
func Catalogue() []Entry {
	return []Entry{
		{CodeMalformedRequest, Malformed, "The body is not readable JSON."},
		{CodeUnauthenticated, Unauthenticated, "No token, or one that is not valid (any more); sign in again."},
		{CodeForbidden, Forbidden, "The token's role or scope does not allow this."},
		{CodeNotFound, NotFound, "There is no such thing, or it is not yours to see."},
		{CodeMethodNotAllowed, MethodNotAllowed, "The resource has no such method; `Allow` lists those it has."},
		{CodeNotAcceptable, NotAcceptable, "No representation that `Accept` asks for; answers are JSON."},
		{CodeEmailTaken, Conflict, "Another account has this e-mail address."},
		{CodeClientTaken, Conflict, "Another OAuth client has this id."},
		{CodeIllegalStatus, Conflict, "The order's lifecycle has no such step from where the order is."},
		{CodeStockBelowReserved, Conflict, "On-hand stock would fall below what orders have reserved."},
		{CodeLastRoot, Conflict, "The last ROOT keeps the role."},
		{CodeQuoteExpired, Conflict, "The quote's time is over."},
		{CodeQuoteUsed, Conflict, "The quote was used by another order."},
		{CodeVersionMismatch, PreconditionFailed, "`If-Match` names another version than the current one; read again."},
		{CodeBodyTooLarge, TooLarge, "The body is larger than this route takes."},
		{CodeUnsupportedMediaType, UnsupportedMediaType, "The body's `Content-Type` is none that this route takes."},
		{CodeInvalidRequest, Invalid, "The request is readable but breaks rules; `errors` lists every mistake with its place."},
		{CodeIdempotencyKeyReused, Invalid, "The `Idempotency-Key` was used with another request."},
		{CodeQuoteUnknown, Invalid, "You have no such quote."},
		{CodeQuoteMismatch, Invalid, "The order asks for more than the quote offers."},
		{CodeVersionRequired, PreconditionRequired, "This change needs `If-Match` with the version it is based on."},
		{CodeTooManyRequests, TooMany, "Too many tries; wait for `Retry-After` seconds."},
		{CodeInternal, Internal, "We broke; `traceId` finds it in our logs."},
		{CodeUnavailable, Unavailable, "Something this needs is away for now; ask again after `Retry-After` seconds."},
		{CodeOverloaded, Unavailable, "Too many orders wait to be settled; ask again after `Retry-After` seconds."},
	}
}

// Kind returns the kind that failures of this code have; Internal for a code
// that is not in the catalogue.
func (c Code) Kind() Kind {
	for _, e := range Catalogue() {
		if e.Code == c {
			return e.Kind
		}
	}
	return Internal
}
