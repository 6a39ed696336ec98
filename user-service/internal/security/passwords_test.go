package security

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oms-fleet/oms/common/fault"
)

// cheap makes hashes that cost nothing worth mentioning.
var cheap = Cost{Memory: 64, Time: 2, Threads: 1}

const horse = "correct horse battery staple"

func TestHashesOfOthersAreVerified(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, hash, password string
		stale                bool
	}{
		// Made with argon2-cffi, which is the reference implementation.
		{"argon2id", "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Sr6N/nCmohWCvF7EZislLIdwA8ojCXux0K30ccqFS30", horse, false},
		{"argon2id of another cost", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$ISO7kkvFzh19GM8qB7patN3C3Y9HHsjlVTfEZ9T600Y", horse, true},
		// Made with bcrypt of PyPI, in the original's form.
		{"bcrypt", "$2a$04$p/xLqR6YOBrv.N5l7jZZO.k3s7XOuImg0RtSv4X8nzJkqknkrBRsm", "OmsDemo!2026", true},
		{"bcrypt as Spring names it", "{bcrypt}$2a$04$p/xLqR6YOBrv.N5l7jZZO.k3s7XOuImg0RtSv4X8nzJkqknkrBRsm", "OmsDemo!2026", true},
	}
	pool := NewPasswords(cheap, 2, time.Minute)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			right, stale, err := pool.Verify(t.Context(), tt.hash, tt.password)
			if !right || stale != tt.stale || err != nil {
				t.Errorf("Verify = %t, stale %t, %v, want right, stale %t", right, stale, err, tt.stale)
			}
			right, _, err = pool.Verify(t.Context(), tt.hash, tt.password+"!")
			if right || err != nil {
				t.Errorf("Verify of another password = %t, %v, want wrong", right, err)
			}
		})
	}
}

func TestHashFitsItsPasswordAlone(t *testing.T) {
	t.Parallel()
	pool := NewPasswords(cheap, 2, time.Minute)
	hash, err := pool.Hash(t.Context(), horse)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=64,t=2,p=1$") {
		t.Fatalf("Hash = %q, %v", hash, err)
	}
	if again, _ := pool.Hash(t.Context(), horse); again == hash {
		t.Errorf("Hash is %q twice, want another salt", hash)
	}
	if right, stale, err := pool.Verify(t.Context(), hash, horse); !right || stale || err != nil {
		t.Errorf("Verify = %t, stale %t, %v, want right and fresh", right, stale, err)
	}
}

func TestNobodyHasNoPassword(t *testing.T) {
	t.Parallel()
	pool := NewPasswords(cheap, 1, time.Minute)
	for _, password := range []string{"", horse} {
		if right, stale, err := pool.Verify(t.Context(), "", password); right || stale || err != nil {
			t.Errorf("Verify of the empty hash = %t, stale %t, %v, want wrong", right, stale, err)
		}
	}
}

func TestBrokenHashIsOurFaultNotAWrongPassword(t *testing.T) {
	t.Parallel()
	pool := NewPasswords(cheap, 1, time.Minute)
	for _, hash := range []string{"plain", "$2a$99$x", "$argon2id$v=19$m=1,t=1,p=1$x$y"} {
		if right, _, err := pool.Verify(t.Context(), hash, horse); right || err == nil {
			t.Errorf("Verify of %q = %t, %v, want an error", hash, right, err)
		}
	}
}

func TestFullPoolLetsPeopleWaitAndThenSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pool := NewPasswords(cheap, 1, time.Second)
		release, err := pool.slot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = pool.Hash(t.Context(), horse)
		if fault.KindOf(err) != fault.Unavailable || time.Since(start) != time.Second {
			t.Errorf("Hash = %v after %v, want unavailable after 1s", err, time.Since(start))
		}
		var waiting sync.WaitGroup
		waiting.Go(func() {
			if _, err := pool.Hash(t.Context(), horse); err != nil {
				t.Errorf("Hash after the wait = %v", err)
			}
		})
		synctest.Wait()
		release()
		waiting.Wait()
	})
}

func TestWhoGivesUpDoesNotWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	pool := NewPasswords(cheap, 1, time.Hour)
	if _, err := pool.slot(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := pool.Verify(ctx, "", horse); err == nil {
		t.Error("Verify waits for ever")
	}
}

func TestMemoryGoesBackToTheMachineWhenItIsQuiet(t *testing.T) {
	t.Parallel()
	pool := NewPasswords(Cost{Memory: 128 << 10, Time: 1, Threads: 1}, 1, time.Minute)
	if _, err := pool.Hash(t.Context(), horse); err != nil {
		t.Fatal(err)
	}
	held := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return (m.HeapSys - m.HeapReleased) >> 20
	}
	for deadline := time.Now().Add(20 * time.Second); held() > 64; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d MiB are held long after a hash of 128", held())
		}
	}
}
