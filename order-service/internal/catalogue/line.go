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
)

const (
	// patience bounds one question.
	patience = 2 * time.Second
	// failures in a row open the breaker, for so long.
	failures = 5
	pause    = 5 * time.Second
	// maxAnswer bounds what is read of an answer.
	maxAnswer = 4 << 20
)

// line is the way to product-service.
type line struct {
	url     string
	tokens  tokens
	http    *http.Client
	breaker *gobreaker.CircuitBreaker[bool]
}

func newLine(baseURL string, tokens tokens, changed func(from, to string)) *line {
	return &line{
		url: strings.TrimSuffix(baseURL, "/"), tokens: tokens, http: client.New(patience),
		breaker: gobreaker.NewCircuitBreaker[bool](gobreaker.Settings{
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

// ask reads what is at a path. found is false if nothing is, which is no failure
// of product-service.
func (l *line) ask(ctx context.Context, path string, into any) (found bool, err error) {
	return l.breaker.Execute(func() (bool, error) { return l.get(ctx, path, into) })
}

func (l *line) get(ctx context.Context, path string, into any) (found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	token, err := l.tokens.Token(ctx)
	if err != nil {
		return false, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.url+path, nil)
	if err != nil {
		return false, fmt.Errorf("ask product-service: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := l.http.Do(request)
	if err != nil {
		return false, fmt.Errorf("ask product-service: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end or given up
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		return false, nil
	default:
		return false, fmt.Errorf("ask product-service: %s answered %s", l.url, answer.Status)
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(into); err != nil {
		return false, fmt.Errorf("read what product-service answered: %w", err)
	}
	return true, nil
}
