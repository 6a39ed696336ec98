package entity

// Reason says why an order was cancelled.
type Reason string

// The reasons of a cancellation.
const (
	ClientRequest     Reason = "CLIENT_REQUEST"
	AdminRequest      Reason = "ADMIN_REQUEST"
	OutOfStock        Reason = "OUT_OF_STOCK"
	UnknownProduct    Reason = "UNKNOWN_PRODUCT"
	ProductArchived   Reason = "PRODUCT_ARCHIVED"
	QuoteUnknown      Reason = "QUOTE_UNKNOWN"
	QuoteExpired      Reason = "QUOTE_EXPIRED"
	QuoteMismatch     Reason = "QUOTE_MISMATCH"
	QuoteUsed         Reason = "QUOTE_USED"
	ValidationTimeout Reason = "VALIDATION_TIMEOUT"
	ValidationError   Reason = "VALIDATION_ERROR"
)

// Explanation tells what a reason means.
type Explanation struct {
	Reason  Reason
	Meaning string
}

// Reasons explains every reason there is.
func Reasons() []Explanation {
	return []Explanation{
		{ClientRequest, "the client called it off"},
		{AdminRequest, "an admin called it off"},
		{OutOfStock, "nothing was left of what was ordered; under `ALL_OR_NOTHING`, not all of it was"},
		{UnknownProduct, "a product does not exist"},
		{ProductArchived, "a product is not sold any more"},
		{QuoteUnknown, "the client has no such quote"},
		{QuoteExpired, "the order was placed after the quote's time"},
		{QuoteMismatch, "the order asks for more than the quote offers"},
		{QuoteUsed, "another order used the quote"},
		{ValidationTimeout, "product-service did not answer before the deadline (`VALIDATION_DEADLINE`)"},
		{ValidationError, "product-service's answer did not fit the order"},
	}
}
