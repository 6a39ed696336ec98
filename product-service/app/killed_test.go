package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/auth"
	"github.com/oms-fleet/oms/common/database/databasetest"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/kafka/contract"
	"github.com/oms-fleet/oms/common/money"
)

// asReplica makes this program product-service instead of its tests.
const asReplica = "TEST_AS_REPLICA"

func TestMain(m *testing.M) {
	if os.Getenv(asReplica) == "" {
		os.Exit(m.Run())
	}
	if err := Service().Run(context.Background(), []string{"serve"}, os.Stdout); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// process runs a replica as a process of its own.
func (w *town) process(t *testing.T) *exec.Cmd {
	t.Helper()
	var log bytes.Buffer
	address := freeAddress(t)
	replica := exec.Command(os.Args[0]) // #nosec G204 -- this program
	replica.Stdout, replica.Stderr = &log, &log
	replica.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // should we be killed
	replica.Env = append(os.Environ(), asReplica+"=yes", "HTTP_ADDR="+address, "DB_DSN="+w.cfg.Database.DSN.Reveal(), "KAFKA_BROKERS="+w.cfg.Kafka.Brokers[0],
		"KAFKA_PARTITIONS=3", "JWKS_URL="+w.cfg.Auth.KeysURL, "BLOB_URL="+w.cfg.Blobs.URL)
	if err := replica.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		replica.Process.Kill() //nolint:errcheck // it may be dead
		replica.Wait()         //nolint:errcheck // it was killed
		if t.Failed() {
			t.Log(log.String())
		}
	})
	eventually(t, "replica ready", func() bool { return ready(t, "http://"+address) })
	return replica
}

// Two replicas are there when prices become due, and one is killed in that very
// moment: each price takes effect once, within a second, and is told once.
func TestPricesThatBecomeDueWhileAReplicaIsKilledTakeEffectOnce(t *testing.T) {
	t.Parallel()
	w := openTown(t)
	w.stop()
	_, victim := w.process(t), w.process(t)
	products, _ := w.office(t)
	db := databasetest.Open(t, w.cfg.Database.DSN.Reveal())
	var ids []id.ID
	if err := db.Select(&ids, "SELECT product_id FROM products"); err != nil {
		t.Fatal(err)
	}
	const amount = money.Amount(7777)
	due := clock().Add(3 * time.Second)
	for _, productID := range ids {
		if _, err := products.SetPrice(t.Context(), auth.Principal{UserID: id.ID{1}}, productID, nil, amount, due); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Until(due)) // the moment is what this is about
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	changed := 0
	eventually(t, "all prices changed", func() bool {
		if err := db.Get(&changed, "SELECT COUNT(*) FROM products WHERE price = ?", amount); err != nil {
			t.Fatal(err)
		}
		return changed == len(ids)
	})
	if late := time.Since(due); late > time.Second {
		t.Errorf("the last price took effect %s after its moment", late)
	}
	w.toldOnce(t, amount, len(ids))
}

// toldOnce waits until so many products have told a price and fails if one has
// told it by two events. That a message comes twice is allowed to the broker.
func (w *town) toldOnce(t *testing.T, amount money.Amount, products int) {
	t.Helper()
	events := map[id.ID]map[id.ID]bool{}
	eventually(t, "all prices told", func() bool {
		for _, m := range w.hear(t, contract.ProductEvents, products) {
			var e contract.PriceChanged
			if err := json.Unmarshal(m.Value, &e); err != nil {
				t.Fatal(err)
			}
			if e.Price != amount {
				continue
			}
			if events[e.ProductID] == nil {
				events[e.ProductID] = map[id.ID]bool{}
			}
			events[e.ProductID][e.EventID] = true
		}
		return len(events) == products
	})
	for productID, told := range events {
		if len(told) != 1 {
			t.Errorf("product %s told its price by %d events", productID, len(told))
		}
	}
}
