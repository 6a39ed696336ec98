package freeport_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/common/freeport"
)

const many = 300 // of 12 000: by chance alone, two of so many are the same

func TestMain(m *testing.M) {
	if os.Getenv("FREEPORT_OTHER") == "" {
		os.Exit(m.Run())
	}
	for range many {
		address, err := freeport.Address()
		if err != nil {
			panic(err)
		}
		fmt.Println(address)
	}
	fmt.Scanln() //nolint:errcheck // it lives as long as its parent wants
}

func TestNoTwoGetTheSame(t *testing.T) {
	t.Parallel()
	other := exec.Command(os.Args[0]) // #nosec G204 -- this program
	other.Env = append(os.Environ(), "FREEPORT_OTHER=yes")
	hold, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait() //nolint:errcheck // it has answered
	defer hold.Close() //nolint:errcheck // it ends then
	seen := map[string]bool{}
	for range many {
		ours, err := freeport.Address()
		if err != nil {
			t.Fatal(err)
		}
		var address string
		if _, err := fmt.Fscan(theirs, &address); err != nil {
			t.Fatal(err)
		}
		for _, address := range []string{ours, address} {
			if seen[address] {
				t.Errorf("%s was given twice", address)
			}
			seen[address] = true
		}
	}
}

func TestAServerCanListenThere(t *testing.T) {
	t.Parallel()
	address, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() //nolint:errcheck // only tried
	if !strings.HasPrefix(address, "127.0.0.1:") {
		t.Errorf("Address = %s, want one of this machine alone", address)
	}
}
