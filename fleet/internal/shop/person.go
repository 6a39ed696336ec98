package shop

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Person is somebody who signed in. The access token is renewed before it grows
// old.
type Person struct {
	shop            *Shop
	email, password string

	mu    sync.Mutex
	token string
	until time.Time
	id    string
}

// SignIn signs in with an account that exists.
func (s *Shop) SignIn(ctx context.Context, email, password string) (*Person, error) {
	p := &Person{shop: s, email: email, password: password}
	_, err := p.Token(ctx)
	return p, err
}

// NewClient registers somebody nobody knows and signs them in.
func (s *Shop) NewClient(ctx context.Context) (*Person, error) {
	email, password := strings.ToLower(rand.Text())+"@e2e.example", "Te5t-"+rand.Text()
	registration := map[string]string{"email": email, "password": password, "firstName": "Eve", "lastName": "Tester"}
	if err := s.Ask(ctx, Call{Method: http.MethodPost, Path: "/v1/auth/register", Body: registration}, nil); err != nil {
		return nil, err
	}
	return s.SignIn(ctx, email, password)
}

// Token returns a valid access token.
func (p *Person) Token(ctx context.Context) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Now().Before(p.until) {
		return p.token, nil
	}
	var tokens struct {
		AccessToken string `json:"accessToken"`
		ExpiresIn   int    `json:"expiresIn"`
		UserID      string `json:"userId"`
	}
	login := map[string]string{"email": p.email, "password": p.password}
	if err := p.shop.Ask(ctx, Call{Method: http.MethodPost, Path: "/v1/auth/login", Body: login}, &tokens); err != nil {
		return "", err
	}
	p.token, p.id = tokens.AccessToken, tokens.UserID
	p.until = time.Now().Add(time.Duration(tokens.ExpiresIn) * time.Second / 2)
	return p.token, nil
}

// ID is the user's id.
func (p *Person) ID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.id
}

// Ask makes a call in the person's name, like Shop.Ask.
func (p *Person) Ask(ctx context.Context, c Call, out any) error {
	token, err := p.Token(ctx)
	if err != nil {
		return err
	}
	c.Token = token
	return p.shop.Ask(ctx, c, out)
}

// Do makes a call in the person's name, like Shop.Do.
func (p *Person) Do(ctx context.Context, c Call) (*Answer, error) {
	token, err := p.Token(ctx)
	if err != nil {
		return nil, err
	}
	c.Token = token
	return p.shop.Do(ctx, c)
}
