package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/oms-fleet/oms/common/client"
	"github.com/oms-fleet/oms/common/config"
)

// maxAnswer bounds what is read of the provider's answer; ours have 1 kB.
const maxAnswer = 64 << 10

// TokenSource gets a service's own token by its secret (client_credentials, RFC
// 6749, 4.4). One token serves all requests until it grows old; it is renewed
// before it expires, by one request for all who need it, and while the provider
// is away the old one goes on as long as it is good.
type TokenSource struct {
	url, clientID string
	secret        config.Secret
	http          *http.Client
	now           func() time.Time

	mu      sync.Mutex
	token   string
	renew   time.Time     // when it is old enough for another one
	expires time.Time     // when it is not good any more
	asked   time.Time     // when a request was begun last
	flight  chan struct{} // closed when the request under way ends; nil if there is none
	failure error         // of the last request
}

// NewTokenSource returns the tokens that the provider gives at tokenURL to a
// client.
func NewTokenSource(tokenURL, clientID string, secret config.Secret, now func() time.Time) *TokenSource {
	return &TokenSource{url: tokenURL, clientID: clientID, secret: secret, now: now, http: client.New(3 * time.Second)}
}

// Token returns a token that is good for some seconds at least. It fails with
// kind fault.Unavailable when there is none and none can be had.
func (s *TokenSource) Token(ctx context.Context) (string, error) {
	token, flight := s.look(ctx)
	if token != "" {
		return token, nil
	}
	if flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
			return "", away(ctx.Err())
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" && s.now().Before(s.expires) {
		return s.token, nil
	}
	return "", away(s.failure)
}

// look returns the token if it is good, and begins a request for another one if
// it is old; nil if it is too early for that.
func (s *TokenSource) look(ctx context.Context) (token string, flight <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Before(s.expires) {
		token = s.token
	}
	if token != "" && now.Before(s.renew) {
		return token, nil
	}
	if s.flight == nil && now.Sub(s.asked) >= firstKeyPeriod {
		s.asked, s.flight = now, make(chan struct{})
		go s.fetch(context.WithoutCancel(ctx), s.flight)
	}
	return token, s.flight
}

// fetch replaces the token; a failure leaves the old one.
func (s *TokenSource) fetch(ctx context.Context, flight chan<- struct{}) {
	token, life, err := s.get(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure = err; err == nil {
		s.token, s.renew, s.expires = token, s.asked.Add(life*3/4), s.asked.Add(life-min(life/10, 5*time.Second))
	}
	s.flight = nil
	close(flight)
}

func (s *TokenSource) get(ctx context.Context) (token string, life time.Duration, err error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, fmt.Errorf("ask for a token: %w", err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(url.QueryEscape(s.clientID), url.QueryEscape(s.secret.Reveal()))
	answer, err := s.http.Do(request)
	if err != nil {
		return "", 0, fmt.Errorf("ask for a token: %w", err)
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end or given up
	if answer.StatusCode != http.StatusOK {
		return "", 0, fmt.Errorf("ask for a token: %s answered %s", s.url, answer.Status)
	}
	var said struct {
		Token string `json:"access_token"`
		Life  int64  `json:"expires_in"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(&said); err != nil {
		return "", 0, fmt.Errorf("read a token: %w", err)
	}
	if said.Token == "" || said.Life <= 0 {
		return "", 0, errors.New("read a token: the answer has none")
	}
	return said.Token, time.Duration(said.Life) * time.Second, nil
}
