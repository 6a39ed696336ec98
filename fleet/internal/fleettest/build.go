// Package fleettest runs a whole fleet for tests that hurt it: real processes
// whose every connection to a store leads through a link that can be cut, a
// steady load, further replicas, and the promises that hold afterwards.
package fleettest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

const modules = "github.com/oms-fleet/oms/"

// Programs are the binaries of a fleet, with fault points.
type Programs struct{ Folder string }

// folder is where build has put the programs, if it was called.
var folder string

// build builds the programs once for all tests of a process.
var build = sync.OnceValues(func() (Programs, error) {
	dir, err := os.MkdirTemp("", "oms-faults-")
	if err != nil {
		return Programs{}, fmt.Errorf("make a folder: %w", err)
	}
	folder = dir
	// The database may run as a user of its own, who must come through.
	if err := os.Chmod(dir, 0o711); err != nil { // #nosec G302 -- its contents are closed
		return Programs{}, fmt.Errorf("open the folder: %w", err)
	}
	p := Programs{Folder: dir}
	return p, p.compile(nil, "user-service", "product-service", "order-service", "fleet")
})

// compile builds programs into the folder.
func (p Programs) compile(flags []string, names ...string) error {
	args := append([]string{"build", "-trimpath", "-tags", "faultpoints", "-o", p.Folder + "/"}, flags...)
	for _, name := range names {
		args = append(args, modules+name)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil { // #nosec G204 -- our own programs
		return fmt.Errorf("build the programs: %w\n%s", err, out)
	}
	return nil
}

// Clean removes what the tests of this process have built. Call it when they are
// over.
func Clean() {
	if folder != "" {
		os.RemoveAll(folder) //nolint:errcheck // a temporary folder
	}
}

// Ahead builds services whose clocks are two seconds ahead, from the standard
// library up, and returns the folder that has them. Nothing in our code knows of
// it: the compiler is handed a changed time.Now.
func Ahead(services ...string) (dir string, err error) {
	p, err := build()
	if err != nil {
		return "", err
	}
	ahead := Programs{Folder: filepath.Join(p.Folder, "ahead")}
	overlay, err := ahead.overlay()
	if err != nil {
		return "", err
	}
	return ahead.Folder, ahead.compile([]string{"-overlay", overlay}, services...)
}
