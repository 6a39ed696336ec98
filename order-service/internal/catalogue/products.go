// Package catalogue asks product-service what order-service needs to know at
// once, with a token of its own. It never holds anyone up for long: a time limit
// bounds each question, and a circuit breaker stops asking while product-service
// does not answer.
package catalogue

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/order-service/internal/entity"
)

// tokens gives the service's own token.
type tokens interface {
	Token(ctx context.Context) (string, error)
}

// Products is product-service as order-service sees it.
type Products struct{ line *line }

// New returns product-service at a base address. changed, which may be nil, is
// told of the breaker's states.
func New(baseURL string, tokens tokens, changed func(from, to string)) *Products {
	return &Products{line: newLine(baseURL, tokens, changed)}
}

// productList is the part of a list of products that is read here.
type productList struct {
	Items []struct {
		ID       id.ID   `json:"id"`
		Name     string  `json:"name"`
		ImageURL *string `json:"imageUrl"`
	} `json:"items"`
}

var errNoList = errors.New("there is no list of products where product-service should be")

// maxIDs is how many products one question may be about.
const maxIDs = 100

// Names returns what products are called, without those that do not exist. It
// fails with kind fault.Unavailable when product-service does not answer.
func (p *Products) Names(ctx context.Context, ids []id.ID) (map[id.ID]entity.Named, error) {
	names := make(map[id.ID]entity.Named, len(ids))
	for some := range slices.Chunk(ids, maxIDs) {
		texts := make([]string, len(some))
		for i, productID := range some {
			texts[i] = productID.String()
		}
		var list productList
		found, err := p.line.ask(ctx, "/internal/v1/products?"+url.Values{"ids": {strings.Join(texts, ",")}}.Encode(), &list)
		if err == nil && !found {
			err = errNoList
		}
		if err != nil {
			return nil, fault.Unavailablef(err, "The catalogue is away for now.")
		}
		for _, product := range list.Items {
			names[product.ID] = entity.Named{Name: product.Name, ImageURL: product.ImageURL}
		}
	}
	return names, nil
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

// Quote returns a quote. It fails with kind fault.NotFound when there is none,
// and with fault.Unavailable when product-service does not answer.
func (p *Products) Quote(ctx context.Context, quoteID id.ID) (*entity.Quote, error) {
	var body quoteBody
	found, err := p.line.ask(ctx, "/internal/v1/quotes/"+quoteID.String(), &body)
	if err != nil {
		return nil, fault.Unavailablef(err, "Quotes cannot be looked up for now.")
	}
	if !found {
		return nil, fault.NotFoundf("There is no quote %s.", quoteID)
	}
	quote := &entity.Quote{ClientID: body.ClientID, ExpiresAt: body.ExpiresAt, Units: make(map[id.ID]int, len(body.Products))}
	if body.OrderID != nil {
		quote.OrderID = *body.OrderID
	}
	for _, product := range body.Products {
		quote.Units[product.ID] += product.Quantity
	}
	return quote, nil
}
