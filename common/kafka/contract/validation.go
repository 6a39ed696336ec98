package contract

import (
	"fmt"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/money"
)

// Fulfilment says what to do when stock does not suffice.
type Fulfilment string

// The ways to fulfil an order; the original system knew only the first.
const (
	Partial      Fulfilment = "PARTIAL"        // take what there is
	AllOrNothing Fulfilment = "ALL_OR_NOTHING" // all of every line, or nothing
)

// MaxDelta bounds the units that one line may take.
const MaxDelta = 10_000

// ProductValidationRequest asks product-service to reserve an order's products.
type ProductValidationRequest struct {
	OrderID        id.ID             `json:"orderId"`
	IdempotencyKey string            `json:"idempotencyKey,omitempty"`
	CorrelationID  string            `json:"correlationId,omitempty"`
	Products       []RequestedChange `json:"products"`
	ClientID       id.ID             `json:"clientId,omitzero"`
	PlacedAt       Time              `json:"placedAt,omitzero"` // whose prices hold; zero: the record's timestamp
	Fulfilment     Fulfilment        `json:"fulfilment,omitempty"`
	QuoteID        *id.ID            `json:"quoteId"`
}

// RequestedChange is a change of one product's stock: a negative delta takes.
type RequestedChange struct {
	ID    id.ID `json:"id"`
	Delta int   `json:"delta"`
}

func (m ProductValidationRequest) about() (topic, kind string, key id.ID) {
	return ValidationRequests, "ProductValidationRequest", m.OrderID
}

// DecodeValidationRequest reads a request and checks all that can be checked
// without knowing any product. An absent fulfilment becomes Partial. The
// failure is the message's own fault.
func DecodeValidationRequest(raw []byte) (ProductValidationRequest, error) {
	var m ProductValidationRequest
	if err := decode(raw, &m); err != nil {
		return m, err
	}
	if m.Fulfilment == "" {
		m.Fulfilment = Partial
	}
	return m, fault.InvalidAll(m.violations()...).Err()
}

func (m ProductValidationRequest) violations() (found []fault.Violation) {
	if m.OrderID.IsZero() {
		found = append(found, fault.Violation{Location: "orderId", Message: "is missing"})
	}
	if len(m.Products) == 0 {
		found = append(found, fault.Violation{Location: "products", Message: "is empty"})
	}
	if m.Fulfilment != Partial && m.Fulfilment != AllOrNothing {
		found = append(found, fault.Violation{Location: "fulfilment", Message: "is neither PARTIAL nor ALL_OR_NOTHING"})
	}
	for i, p := range m.Products {
		if p.ID.IsZero() {
			found = append(found, fault.Violation{Location: fmt.Sprintf("products[%d].id", i), Message: "is missing"})
		}
		if p.Delta > -1 || p.Delta < -MaxDelta {
			found = append(found, fault.Violation{Location: fmt.Sprintf("products[%d].delta", i), Message: "is not between -10000 and -1"})
		}
	}
	return found
}

// Result says how much of an order could be taken.
type Result string

// The results of a validation.
const (
	ResultFull    Result = "FULL"
	ResultPartial Result = "PARTIAL"
	ResultNone    Result = "NONE"
)

// ProductValidationResponse tells order-service what was reserved. It lists
// every requested product once, in the order of the request, also those of
// which nothing was taken.
type ProductValidationResponse struct {
	OrderID       id.ID              `json:"orderId"`
	CorrelationID string             `json:"correlationId,omitempty"`
	Result        Result             `json:"result"`
	Products      []ValidatedProduct `json:"products"`
	Reason        *string            `json:"reason"` // why NONE; null otherwise
}

// ValidatedProduct is what became of one requested product. Name, picture and
// price of an unknown product are null.
type ValidatedProduct struct {
	ProductID         id.ID         `json:"productId"`
	ProductName       *string       `json:"productName"`
	ProductImageURL   *string       `json:"productImageUrl"`
	RequestedQuantity int           `json:"requestedQuantity"`
	DeductedQuantity  int           `json:"deductedQuantity"`
	UnitPrice         *money.Amount `json:"unitPrice"`
}

func (m ProductValidationResponse) about() (topic, kind string, key id.ID) {
	return ValidationResponses, "ProductValidationResponse", m.OrderID
}

// DecodeValidationResponse reads an answer. Whether it fits its order only
// order-service can tell. The failure is the message's own fault.
func DecodeValidationResponse(raw []byte) (ProductValidationResponse, error) {
	var m ProductValidationResponse
	if err := decode(raw, &m); err != nil {
		return m, err
	}
	var found []fault.Violation
	if m.OrderID.IsZero() {
		found = append(found, fault.Violation{Location: "orderId", Message: "is missing"})
	}
	if m.Result != ResultFull && m.Result != ResultPartial && m.Result != ResultNone {
		found = append(found, fault.Violation{Location: "result", Message: "is none of FULL, PARTIAL, NONE"})
	}
	return m, fault.InvalidAll(found...).Err()
}
