//go:build faultpoints

package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/fleet/internal/fleettest"
	"github.com/oms-fleet/oms/fleet/internal/shop"
)

// A database that has become read-only, as a replica after a fail-over is.
func TestReadOnlyDatabaseLosesNothing(t *testing.T) {
	f, l, _ := begin(t)
	root := f.Root(t)
	readOnly := func(on string) {
		if _, err := root.ExecContext(context.WithoutCancel(t.Context()), "SET GLOBAL read_only = "+on); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { readOnly("OFF") })
	readOnly("ON")
	refusesOrders(t, f, l)
	readOnly("OFF")
	recovers(t, l, "a read-only database", time.Now())
	end(t, f, l)
}

// refusesOrders waits until orders are refused as 503, and expects that products
// can be read all the same.
func refusesOrders(t *testing.T, f *fleettest.Fleet, l *fleettest.Load) {
	t.Helper()
	before, _ := l.Refused()
	f.Eventually(t, func(ctx context.Context) error {
		if now, _ := l.Refused(); now < before+10 {
			return errors.New("orders are still accepted")
		}
		return f.Shop.Ask(ctx, shop.Call{Method: http.MethodGet, Path: "/v1/products?limit=1"}, nil)
	})
}

// diskSize holds an empty database and little more.
const diskSize = "size=320m"

// A database whose disk is full. The disk is a small one of the test's own (a
// tmpfs, so the test must run as root), filled by a file beside the data.
func TestFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	var disk string
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", disk, err)
		}
	})
	f := fleettest.Start(t, func(folder string) error {
		disk = filepath.Join(folder, "database")
		if err := os.MkdirAll(disk, 0o711); err != nil {
			return err
		}
		if err := syscall.Mount("none", disk, "tmpfs", 0, diskSize+",mode=0711"); err != nil {
			return fmt.Errorf("make a small disk (that takes root): %w", err)
		}
		return nil
	})
	l := f.Load(t, perSecond, *seed)
	recovers(t, l, "an undisturbed moment", time.Now())
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	f.Eventually(t, func(context.Context) error {
		if refused, _ := l.Refused(); refused < 10 {
			return errors.New("the database still finds room")
		}
		return nil
	})
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	recovers(t, l, "a full disk", time.Now())
	t.Logf("outcome: %s", f.KeepsItsPromises(t, l, fleettest.Patience))
}

// fill writes until there is no room left.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // its contents do not matter
	if _, err := io.Copy(file, zeros{}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("fill the disk: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) { return len(into), nil }
