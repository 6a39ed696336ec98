package address_test

import (
	"net"
	"strings"
	"testing"

	"github.com/oms-fleet/oms/fleet/internal/address"
)

func TestTakeChoosesFreePortsThatDiffer(t *testing.T) {
	t.Parallel()
	got, err := address.Take(address.Want{Address: "127.0.0.1:0"}, address.Want{Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if got[0] == got[1] {
		t.Errorf("Take gave %s twice", got[0])
	}
	for _, chosen := range got {
		listener, err := net.Listen("tcp", chosen)
		if err != nil {
			t.Errorf("%s is not free: %v", chosen, err)
			continue
		}
		listener.Close()
	}
}

func TestTakeNamesEveryTakenAddressByItsVariable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	busy := listener.Addr().String()
	_, err = address.Take(
		address.Want{Variable: "FLEET_USER_ADDR", Address: busy},
		address.Want{Variable: "FLEET_ORDER_ADDR", Address: "nonsense"},
		address.Want{Variable: "FLEET_KAFKA_ADDR", Address: "127.0.0.1:0"},
		address.Want{Variable: "FLEET_GATEWAY_ADDR", Address: busy},
	)
	if err == nil {
		t.Fatal("Take of a taken address gave no error")
	}
	for _, name := range []string{"FLEET_USER_ADDR", "FLEET_ORDER_ADDR", "FLEET_GATEWAY_ADDR"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("Take = %v, want %s named", err, name)
		}
	}
	if strings.Contains(err.Error(), "FLEET_KAFKA_ADDR") {
		t.Errorf("Take = %v, want FLEET_KAFKA_ADDR left out", err)
	}
}

func TestReachableReplacesEveryAddressByThisMachine(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		":8080":          "127.0.0.1:8080",
		"0.0.0.0:8080":   "127.0.0.1:8080",
		"[::]:8080":      "127.0.0.1:8080",
		"10.1.2.3:8080":  "10.1.2.3:8080",
		"localhost:8080": "localhost:8080",
	} {
		if got := address.Reachable(given); got != want {
			t.Errorf("Reachable(%q) = %q, want %q", given, got, want)
		}
	}
}
