package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// reads measures how many products a second are read, by so many connections.
func (b *bench) reads(ctx context.Context, length time.Duration, workers int) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var n atomic.Int64
	failures := make(chan error, workers)
	began := time.Now()
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			if err := b.readOn(ctx, &n); err != nil {
				failures <- err
			}
		})
	}
	all.Wait()
	close(failures)
	return float64(n.Load()) / time.Since(began).Seconds(), <-failures
}

func (b *bench) readOn(ctx context.Context, n *atomic.Int64) error {
	w, err := dial(b.products)
	if err != nil {
		return err
	}
	defer w.close()
	for ctx.Err() == nil {
		status, _, err := w.do(http.MethodGet, "/v1/products/"+b.anyProduct(), "", nil)
		if err != nil {
			return err
		}
		if status != http.StatusOK {
			return fmt.Errorf("reading a product answered %d", status)
		}
		n.Add(1)
	}
	return nil
}
