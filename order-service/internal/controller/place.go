package controller

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/faultpoint"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/telemetry"
	"github.com/oms-fleet/oms/common/web"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// maxWait bounds how long an answer is held for an outcome.
const maxWait = 10 * time.Second

type placeInput struct {
	Key    string `header:"Idempotency-Key" maxLength:"128" doc:"1 to 128 characters; the same key with the same request places one order, however often it is sent" example:"cart-4711"`
	Prefer string `header:"Prefer" doc:"wait=N holds the answer until the order is settled, at most N ≤ 10 seconds (RFC 7240)" example:"wait=5"`
	Body   placeBody
}

type placeBody struct {
	Products   []placeLine `json:"products" minItems:"1" maxItems:"100" doc:"lines of the same product are added up"`
	Address    string      `json:"address" maxLength:"500" pattern:"\\S" patternDescription:"more than white space" doc:"1 to 500 characters" example:"1 Main Street, Springfield"`
	Fulfilment string      `json:"fulfilment,omitempty" enum:"PARTIAL,ALL_OR_NOTHING" default:"PARTIAL" doc:"what to do when stock does not suffice"`
	QuoteID    id.ID       `json:"quoteId,omitzero" doc:"charge the prices of this quote"`
	ClientID   id.ID       `json:"clientId,omitzero" doc:"place for this client; admins only"`
}

type placeLine struct {
	ID       id.ID `json:"id" doc:"the product" example:"01999e2b-53f4-7b7a-9a55-0d3c6f1e2a10"`
	Quantity int   `json:"quantity" minimum:"1" maximum:"10000" example:"2"`
}

type placeOutput struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Replayed string `header:"Idempotency-Replayed" doc:"true when the key was used before: this is the first order again"`
	Applied  string `header:"Preference-Applied"`
	Body     orderBody
}

// Resolve refuses an empty key: who sends one counts on it. Of several Prefer
// headers the first with a wait counts.
func (in *placeInput) Resolve(h huma.Context) (wrong []error) {
	var prefer []string
	h.EachHeader(func(name, value string) {
		switch {
		case name == "Idempotency-Key" && value == "":
			wrong = append(wrong, &huma.ErrorDetail{Location: "header.Idempotency-Key", Message: "expected length >= 1"})
		case name == "Prefer":
			prefer = append(prefer, value)
		}
	})
	in.Prefer = strings.Join(prefer, ",")
	return wrong
}

// Resolve tells the one mistake that no single field shows together with all the
// others.
func (b *placeBody) Resolve(huma.Context) (wrong []error) {
	_, tooMany := entity.AddUp(b.lines())
	for _, v := range tooMany {
		wrong = append(wrong, &huma.ErrorDetail{Location: v.Location, Message: v.Message})
	}
	return wrong
}

func (c *Controller) place(ctx context.Context, in *placeInput) (*placeOutput, error) {
	by := auth.From(ctx)
	wait := waitOf(in.Prefer)
	placing := entity.Placing{Draft: in.Body.draft(), Wait: wait, Hurry: web.Draining(ctx), TraceID: telemetry.TraceID(ctx)}
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
	faultpoint.Reach(faultpoint.BeforeReply)
	out := &placeOutput{Location: "/v1/orders/" + order.ID.String(), ETag: etag(order), Body: newOrderBody(order)}
	if replayed {
		out.Replayed = "true"
	}
	if wait > 0 {
		out.Applied = fmt.Sprintf("wait=%d", wait/time.Second)
	}
	return out, nil
}

func (b *placeBody) draft() entity.Draft {
	return entity.Draft{ClientID: b.ClientID, Address: b.Address, Fulfilment: entity.Fulfilment(b.Fulfilment), QuoteID: b.QuoteID, Lines: b.lines()}
}

func (b *placeBody) lines() []entity.Line {
	lines := make([]entity.Line, len(b.Products))
	for i, l := range b.Products {
		lines[i] = entity.Line{ProductID: l.ID, Purchased: l.Quantity}
	}
	return lines
}

// waitOf reads the preference "wait" (RFC 7240, 4.3). A preference that cannot
// be honoured is ignored, as that standard says; longer waits are cut.
func waitOf(prefer string) time.Duration {
	for preference := range strings.SplitSeq(prefer, ",") {
		preference, _, _ = strings.Cut(preference, ";") // parameters
		name, value, _ := strings.Cut(preference, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "wait") {
			continue
		}
		seconds, err := strconv.Atoi(strings.Trim(strings.TrimSpace(value), `"`))
		if err != nil || seconds < 1 {
			return 0
		}
		return time.Duration(min(seconds, int(maxWait/time.Second))) * time.Second
	}
	return 0
}
