package kafka

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/kafka/broker"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

type closer interface {
	Close(ctx context.Context, closes []entity.Close) ([]error, error)
}

// ReservationCloseListener releases and ships what orders have reserved.
type ReservationCloseListener struct {
	reservations closer
	refused      *prometheus.CounterVec
}

// NewReservationCloseListener returns a listener that closes by reservations and
// counts in metrics what cannot be closed so.
func NewReservationCloseListener(reservations closer, metrics prometheus.Registerer) *ReservationCloseListener {
	refused := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "reservation_closes_refused_total",
		Help: "Closes that do not fit their reservation: a shipment of nothing, or a release of what has been shipped.",
	}, []string{"outcome", "code"})
	metrics.MustRegister(refused)
	return &ReservationCloseListener{reservations: reservations, refused: refused}
}

// maxReason is how much of a release's reason is kept.
const maxReason = 64

// Handle closes the reservations of a batch in one go. A close that does not fit
// its reservation goes to the dead letters.
func (l *ReservationCloseListener) Handle(ctx context.Context, batch []*broker.Message) error {
	messages := make([]*broker.Message, 0, len(batch))
	closes := make([]entity.Close, 0, len(batch))
	for _, m := range batch {
		request, err := contract.DecodeReservationClose(m.Value)
		if err != nil {
			m.Bury(err)
			continue
		}
		messages = append(messages, m)
		closes = append(closes, entity.Close{
			OrderID: request.OrderID, Outcome: entity.State(request.Outcome), Reason: entity.Reason(first(maxReason, given(request.Reason))),
		})
	}
	refusals, err := l.reservations.Close(ctx, closes)
	if err != nil {
		return err
	}
	for i, refusal := range refusals {
		if refusal != nil {
			messages[i].Bury(refusal)
			l.refused.WithLabelValues(string(closes[i].Outcome), string(fault.CodeOf(refusal))).Inc()
		}
	}
	return nil
}
