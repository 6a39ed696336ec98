package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/oms-fleet/oms/common/client"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// Quotes are those that product-service has given.
type Quotes struct {
	url     string
	tokens  tokens
	http    *http.Client
	breaker *gobreaker.CircuitBreaker[*quoteBody]
}

// quoteBody is the part of a quote that is read here.
type quoteBody struct {
	ClientID  id.ID     `json:"clientId"`
	ExpiresAt time.Time `json:"expiresAt"`
	OrderID   *id.ID    `json:"orderId"`
	Products  []struct {
		ID       id.ID `json:"id"`
		Quantity int   `json:"quantity"`
	} `json:"products"`
}

// NewQuotes returns the quotes of product-service at a base address.
func NewQuotes(baseURL string, tokens tokens) *Quotes {
	return &Quotes{
		url: strings.TrimSuffix(baseURL, "/"), tokens: tokens, http: client.New(patience),
		breaker: gobreaker.NewCircuitBreaker[*quoteBody](gobreaker.Settings{
			Name:         "quotes",
			MaxRequests:  1,
			Timeout:      pause,
			ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
			IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, context.Canceled) },
		}),
	}
}

// Quote returns a quote. It fails with kind fault.NotFound when there is none,
// and with fault.Unavailable when product-service does not answer.
func (q *Quotes) Quote(ctx context.Context, quoteID id.ID) (*entity.Quote, error) {
	found, err := q.breaker.Execute(func() (*quoteBody, error) { return q.find(ctx, quoteID) })
	if err != nil {
		return nil, fault.Unavailablef(err, "Quotes cannot be looked up for now.")
	}
	if found == nil {
		return nil, fault.NotFoundf("There is no quote %s.", quoteID)
	}
	quote := &entity.Quote{ClientID: found.ClientID, ExpiresAt: found.ExpiresAt, Units: make(map[id.ID]int, len(found.Products))}
	if found.OrderID != nil {
		quote.OrderID = *found.OrderID
	}
	for _, line := range found.Products {
		quote.Units[line.ID] += line.Quantity
	}
	return quote, nil
}

// find returns nil for a quote that does not exist: that is no failure of
// product-service.
func (q *Quotes) find(ctx context.Context, quoteID id.ID) (*quoteBody, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	token, err := q.tokens.Token(ctx)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, q.url+"/internal/v1/quotes/"+quoteID.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask for a quote: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := q.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask for a quote: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end or given up
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return nil, nil
	default:
		return nil, fmt.Errorf("ask for a quote: %s answered %s", q.url, answer.Status)
	}
	var found quoteBody
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(&found); err != nil {
		return nil, fmt.Errorf("read a quote: %w", err)
	}
	return &found, nil
}
