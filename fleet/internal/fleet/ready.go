package fleet

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	shortestPause = 5 * time.Millisecond
	longestPause  = 100 * time.Millisecond
	newsPause     = 10 * time.Second // how often people are told what is waited for
)

// awaitReady asks a service until it says that it is ready, or until ctx ends.
func (f *Fleet) awaitReady(ctx context.Context, s *service) error {
	news := time.NewTicker(newsPause)
	defer news.Stop()
	state := "it does not answer"
	for pause := shortestPause; ; pause = min(pause*3/2, longestPause) {
		ready, says := ask(ctx, s.url)
		if ready {
			return nil
		}
		if says != "" {
			state = says
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", s.Name, context.Cause(ctx))
		case <-news.C:
			f.say("waiting for %s: %s", s.Name, state)
		case <-time.After(pause):
		}
	}
}

// ask reports whether the service at base is ready, and what it says if it is
// not.
func ask(ctx context.Context, base string) (ready bool, says string) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return false, err.Error()
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false, ""
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	body, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	return answer.StatusCode == http.StatusOK, strings.TrimSpace(string(body))
}
