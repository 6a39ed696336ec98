package contract

import (
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
)

// Outcome says how a reservation ends.
type Outcome string

// The outcomes of a reservation.
const (
	Released Outcome = "RELEASED" // the stock goes back
	Shipped  Outcome = "SHIPPED"  // the stock has left
)

// ReservationCloseRequest ends the reservation of an order.
type ReservationCloseRequest struct {
	OrderID       id.ID   `json:"orderId"`
	CorrelationID string  `json:"correlationId,omitempty"`
	Outcome       Outcome `json:"outcome"`
	Reason        *string `json:"reason"`
}

func (m ReservationCloseRequest) about() (topic, kind string, key id.ID) {
	return ReservationCloses, "ReservationCloseRequest", m.OrderID
}

// DecodeReservationClose reads a close. The failure is the message's own fault.
func DecodeReservationClose(raw []byte) (ReservationCloseRequest, error) {
	var m ReservationCloseRequest
	if err := decode(raw, &m); err != nil {
		return m, err
	}
	var found []fault.Violation
	if m.OrderID.IsZero() {
		found = append(found, fault.Violation{Location: "orderId", Message: "is missing"})
	}
	if m.Outcome != Released && m.Outcome != Shipped {
		found = append(found, fault.Violation{Location: "outcome", Message: "is neither RELEASED nor SHIPPED"})
	}
	return m, fault.InvalidAll(found...).Err()
}
