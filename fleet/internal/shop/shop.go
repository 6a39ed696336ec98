// Package shop is the fleet as its clients see it: small typed calls over HTTP,
// and the promises that hold whatever they do. The end-to-end tests, the fault
// tests and the load generator speak to the fleet through it alone.
package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Shop is a fleet at an address.
type Shop struct {
	gateway string
	http    *http.Client
}

// New returns the shop at the gateway's address.
func New(gateway string) *Shop {
	return NewVia(gateway, &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 10 * time.Second})
}

// NewVia is New with a transport of the caller's own.
func NewVia(gateway string, transport http.RoundTripper) *Shop {
	return &Shop{gateway: strings.TrimRight(gateway, "/"), http: &http.Client{Transport: transport, Timeout: 30 * time.Second}}
}

// Call is one request.
type Call struct {
	Method string
	Path   string
	Token  string            // none: anonymous
	Header map[string]string // further headers
	Body   any               // as JSON; []byte is sent as it is
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Problem is an answer that tells a failure.
type Problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Errors []struct {
		Location string `json:"location"`
		Message  string `json:"message"`
	} `json:"errors"`
}

// Error tells the status, the code and the detail.
func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s: %s %v", p.Status, p.Code, p.Detail, p.Errors)
}

// Do makes a call. The error is about the connection: every answer is one.
func (s *Shop) Do(ctx context.Context, c Call) (*Answer, error) {
	body, err := reader(c.Body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, c.Method, s.gateway+c.Path, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", c.Method, c.Path, err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for name, value := range c.Header {
		request.Header.Set(name, value)
	}
	response, err := s.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", c.Method, c.Path, err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", c.Method, c.Path, err)
	}
	return &Answer{Status: response.StatusCode, Header: response.Header, Body: raw}, nil
}

func reader(body any) (io.Reader, error) {
	switch body := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return bytes.NewReader(body), nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	return bytes.NewReader(raw), nil
}

// Ask makes a call and reads a successful answer into out, if that is not nil.
// Any other answer is a *Problem.
func (s *Shop) Ask(ctx context.Context, c Call, out any) error {
	answer, err := s.Do(ctx, c)
	if err != nil {
		return err
	}
	if answer.Status >= http.StatusBadRequest {
		problem := &Problem{Status: answer.Status}
		if err := json.Unmarshal(answer.Body, problem); err != nil {
			return fmt.Errorf("%s %s: %d, and no problem+json: %.200q", c.Method, c.Path, answer.Status, answer.Body)
		}
		return fmt.Errorf("%s %s: %w", c.Method, c.Path, problem)
	}
	if out == nil || len(answer.Body) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer.Body, out); err != nil {
		return fmt.Errorf("%s %s: read the answer: %w", c.Method, c.Path, err)
	}
	return nil
}

// CodeOf returns the code of a *Problem in err's chain, "" if there is none.
func CodeOf(err error) string {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Code
	}
	return ""
}
