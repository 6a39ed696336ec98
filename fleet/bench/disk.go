package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

const (
	diskEvery = 50 * time.Millisecond
	diskBytes = 4096
)

// besideDisk runs do while it writes 4 KiB durably, over and over, twenty times a
// second, and returns how long a write took: no commit is faster, and where the
// worst is long, the latencies of orders say as much about the disk as about the
// fleet. It measures the disk of the bench's own fleet; with another's nothing.
func (b *bench) besideDisk(ctx context.Context, do func() error) (writes quantiles, err error) {
	if b.target.folder == "" {
		return quantiles{}, do()
	}
	path := filepath.Join(b.target.folder, "disk")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|unix.O_DSYNC, 0o600) // #nosec G304 -- our own
	if err != nil {
		return quantiles{}, fmt.Errorf("measure the disk: %w", err)
	}
	defer os.Remove(path) //nolint:errcheck // it goes with the folder
	defer file.Close()    //nolint:errcheck // a bench's own
	ctx, done := context.WithCancel(ctx)
	measured := make(chan error, 1)
	var took []time.Duration
	go func() {
		var err error
		took, err = measureDisk(ctx, file)
		measured <- err
	}()
	err = do()
	done()
	err = errors.Join(err, <-measured)
	return spread(took), err
}

func measureDisk(ctx context.Context, file *os.File) (took []time.Duration, err error) {
	ticker := time.NewTicker(diskEvery)
	defer ticker.Stop()
	block := make([]byte, diskBytes)
	for {
		began := time.Now()
		if _, err := file.WriteAt(block, 0); err != nil {
			return nil, fmt.Errorf("measure the disk: %w", err)
		}
		took = append(took, time.Since(began))
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return took, nil
		}
	}
}
