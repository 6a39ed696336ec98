// Package catalogue asks product-service what order-service needs to know at
// once, with a token of its own. It never holds anyone up for long: a time limit
// bounds each question, and a circuit breaker stops asking while product-service
// does not answer.
package catalogue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/oms-fleet/oms/common/client"
	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

const (
	// patience bounds one question.
	patience = 2 * time.Second
	// failures in a row open the breaker, for so long.
	failures = 5
	pause    = 5 * time.Second
	// maxIDs is how many products one question may be about.
	maxIDs = 100
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 4 << 20
)

// tokens gives the service's own token.
type tokens interface {
	Token(ctx context.Context) (string, error)
}

// Products is product-service as order-service sees it.
type Products struct {
	url     string
	tokens  tokens
	http    *http.Client
	breaker *gobreaker.CircuitBreaker[[]productBody]
}

// productBody is the part of a product that is read here.
type productBody struct {
	ID       id.ID   `json:"id"`
	Name     string  `json:"name"`
	ImageURL *string `json:"imageUrl"`
}

// NewProducts returns product-service at a base address. changed, which may be
// nil, is told of the breaker's states.
func NewProducts(baseURL string, tokens tokens, changed func(from, to string)) *Products {
	return &Products{
		url: strings.TrimSuffix(baseURL, "/"), tokens: tokens, http: client.New(patience),
		breaker: gobreaker.NewCircuitBreaker[[]productBody](gobreaker.Settings{
			Name:         "product-service",
			MaxRequests:  1,
			Timeout:      pause,
			ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
			IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, context.Canceled) },
			OnStateChange: func(_ string, from, to gobreaker.State) {
				if changed != nil {
					changed(from.String(), to.String())
				}
			},
		}),
	}
}

// Names returns what products are called, without those that do not exist. It
// fails with kind fault.Unavailable when product-service does not answer.
func (p *Products) Names(ctx context.Context, ids []id.ID) (map[id.ID]entity.Named, error) {
	names := make(map[id.ID]entity.Named, len(ids))
	for some := range slices.Chunk(ids, maxIDs) {
		found, err := p.breaker.Execute(func() ([]productBody, error) { return p.find(ctx, some) })
		if err != nil {
			return nil, fault.Unavailablef(err, "The catalogue is away for now.")
		}
		for _, product := range found {
			names[product.ID] = entity.Named{Name: product.Name, ImageURL: product.ImageURL}
		}
	}
	return names, nil
}

func (p *Products) find(ctx context.Context, ids []id.ID) ([]productBody, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	token, err := p.tokens.Token(ctx)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(ids))
	for i, productID := range ids {
		texts[i] = productID.String()
	}
	address := p.url + "/internal/v1/products?" + url.Values{"ids": {strings.Join(texts, ",")}}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for products: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := p.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask for products: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end or given up
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ask for products: %s answered %s", p.url, answer.Status)
	}
	var list struct {
		Items []productBody `json:"items"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(&list); err != nil {
		return nil, fmt.Errorf("read products: %w", err)
	}
	return list.Items, nil
}
