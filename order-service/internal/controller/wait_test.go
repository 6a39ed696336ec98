package controller

import (
	"testing"
	"time"
)

func FuzzWaitOf(f *testing.F) {
	for _, seed := range []string{"wait=5", `WAIT = "10"; x=y`, "respond-async, wait=3", "wait", "wait=", "wait=99999999999999999999", "wait=-1", ",,;=,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, prefer string) {
		got := waitOf(prefer)
		if got < 0 || got > maxWait || got%time.Second != 0 {
			t.Errorf("waitOf(%q) = %s, want whole seconds from 0 to %s", prefer, got, maxWait)
		}
		if again := waitOf("handling=lenient," + prefer); again != got {
			t.Errorf("waitOf(%q) = %s behind another preference, %s alone", prefer, again, got)
		}
	})
}
