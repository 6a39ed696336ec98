package controller

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/order-service/internal/entity"
	"github.com/oms-fleet/oms/order-service/internal/service"
)

// maxWait bounds how long an answer is held for an outcome.
const maxWait = 10

type placeInput struct {
	Key    string `header:"Idempotency-Key" minLength:"1" maxLength:"128" doc:"the same key with the same request places one order, however often it is sent"`
	Prefer string `header:"Prefer" doc:"wait=N holds the answer until the order is settled, at most N ≤ 10 seconds (RFC 7240)"`
	Body   placeBody
}

type placeBody struct {
	Products   []placeLine `json:"products" minItems:"1" maxItems:"100"`
	Address    string      `json:"address" minLength:"1" maxLength:"500" pattern:"\\S" patternDescription:"more than white space"`
	Fulfilment string      `json:"fulfilment,omitempty" enum:"PARTIAL,ALL_OR_NOTHING" default:"PARTIAL" doc:"what to do when stock does not suffice"`
	QuoteID    id.ID       `json:"quoteId,omitzero" doc:"charge the prices of this quote"`
	ClientID   id.ID       `json:"clientId,omitzero" doc:"place for this client; admins only"`
}

type placeLine struct {
	ID       id.ID `json:"id" doc:"the product"`
	Quantity int   `json:"quantity" minimum:"1" maximum:"10000"`
}

type placeOutput struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Replayed string `header:"Idempotency-Replayed" doc:"true when the key was used before: this is the first order again"`
	Applied  string `header:"Preference-Applied"`
	Body     orderBody
}

func (c *Controller) place(ctx context.Context, in *placeInput) (*placeOutput, error) {
	by := auth.From(ctx)
	wait := waitOf(in.Prefer)
	placing := service.Placing{Draft: in.Body.draft(), Wait: wait, TraceID: telemetry.TraceID(ctx)}
	if in.Key != "" {
		canonical, err := json.Marshal(in.Body)
		if err != nil {
			return nil, fmt.Errorf("write the request in its canonical form: %w", err)
		}
		placing.Once = entity.NewOnce(by.UserID.String(), in.Key, canonical)
	}
	order, replayed, err := c.orders.Place(ctx, by, placing)
	if err != nil {
		return nil, err
	}
	out := &placeOutput{Location: "/v1/orders/" + order.ID.String(), ETag: etag(order), Body: newOrderBody(order)}
	if replayed {
		out.Replayed = "true"
	}
	if wait > 0 {
		out.Applied = fmt.Sprintf("wait=%d", int(wait.Seconds()))
	}
	return out, nil
}

func (b placeBody) draft() entity.Draft {
	d := entity.Draft{ClientID: b.ClientID, Address: b.Address, Fulfilment: entity.Fulfilment(b.Fulfilment), QuoteID: b.QuoteID}
	for _, l := range b.Products {
		d.Lines = append(d.Lines, entity.Line{ProductID: l.ID, Purchased: l.Quantity})
	}
	return d
}

// waitOf reads the preference "wait" (RFC 7240, 4.3). A preference that cannot
// be honoured is ignored, as that standard says; longer waits are cut.
func waitOf(prefer string) time.Duration {
	for preference := range strings.SplitSeq(prefer, ",") {
		name, value, _ := strings.Cut(preference, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "wait") {
			continue
		}
		seconds, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`))
		if err != nil || seconds < 1 {
			return 0
		}
		return time.Duration(min(seconds, maxWait)) * time.Second
	}
	return 0
}
