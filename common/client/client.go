// Package client makes the HTTP clients by which services ask others.
package client

import (
	"net/http"
	"time"
)

// perHost is how many connections to one address are kept for the next request.
// The standard's 2 would have a busy service connect anew all the time.
const perHost = 64

// New returns a client that gives a request up after patience. Its connections
// are its own: what others in the process do with theirs does not touch them.
func New(patience time.Duration) *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	transport.MaxIdleConnsPerHost = perHost
	return &http.Client{Timeout: patience, Transport: transport}
}
