package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/oms-fleet/oms/common/freeport"
)

func TestSplitFleetStartsWhatDiesAndStopsInGoodOrder(t *testing.T) {
	t.Parallel()
	r := start(t, t.TempDir(), nil, "run", "-split")
	f := r.ready(t)
	if !answers(f.Gateway+"/v1/products", 200) || !answers(f.Gateway+"/readyz", 404) {
		t.Errorf("the gateway does not answer as it should\n%s", r.said())
	}
	if f.PIDs["user-service"] == f.PIDs["order-service"] || len(f.PIDs) != 5 {
		t.Errorf("processes = %v, want five", f.PIDs)
	}
	for name, pid := range f.PIDs {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Errorf("kill %s: %v", name, err)
		}
	}
	for name, pid := range f.PIDs {
		eventually(t, r, name+" has a new process in fleet.json", func() bool {
			now, ok := r.facts()
			return ok && now.PIDs[name] != pid && !gone(now.PIDs[name])
		})
	}
	for name, url := range f.Services {
		eventually(t, r, name+" is ready at its old address", func() bool { return answers(url+"/readyz", 200) })
	}
	f, _ = r.facts()
	interrupt(t, r)
	if status := r.status(t); status != 0 {
		t.Errorf("exit status = %d, want 0\n%s", status, r.said())
	}
	wantAllGone(t, r, f)
	if _, ok := r.facts(); ok {
		t.Error("fleet.json is still there")
	}
}

func TestFleetInOneProcessKeepsItsFolderToItself(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := start(t, folder, []string{"SEED_DEMO=false"}, "run")
	f := r.ready(t)
	if f.PIDs["user-service"] != r.Process.Pid || f.PIDs["order-service"] != r.Process.Pid || f.PIDs["database"] == r.Process.Pid {
		t.Errorf("processes = %v, want the services in %d", f.PIDs, r.Process.Pid)
	}
	if len(f.Accounts) != 0 {
		t.Errorf("accounts = %v, want none without demo data", f.Accounts)
	}
	for _, args := range [][]string{{"run"}, {"reset"}} {
		second := start(t, folder, nil, args...)
		status := second.status(t)
		if said := second.said(); status != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "another fleet runs in") {
			t.Errorf("fleet %s beside a running one = %d, %q, want one clear line", args[0], status, said)
		}
	}
	if err := r.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if status := r.status(t); status != 0 {
		t.Errorf("exit status = %d, want 0\n%s", status, r.said())
	}
	wantAllGone(t, r, f)
	if status := start(t, folder, nil, "reset").status(t); status != 0 {
		t.Errorf("fleet reset = %d", status)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, ".local", "*")); len(left) != 1 {
		t.Errorf("left after a reset: %q, want the lock alone", left)
	}
}

func TestBadConfigurationEndsTheRunWithItsReason(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"run"}, {"run", "-split"}} {
		r := start(t, t.TempDir(), []string{"VALIDATION_DEADLINE=never"}, args...)
		status := r.status(t)
		lines := strings.Split(strings.TrimSpace(r.said()), "\n")
		if last := lines[len(lines)-1]; status != 1 || !strings.Contains(r.said(), "fleet: order-service ended") || !strings.Contains(last, "VALIDATION_DEADLINE is not a duration") {
			t.Errorf("fleet %s = %d, want 1 and a reason at the end:\n%s", args, status, r.said())
		}
	}
}

func TestTakenAddressIsNamedByItsVariable(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	taken := listener.Addr().String()
	r := start(t, t.TempDir(), []string{"FLEET_USER_ADDR=" + taken, "FLEET_KAFKA_ADDR=" + taken}, "run")
	if status := r.status(t); status != 1 || !strings.Contains(r.said(), "FLEET_USER_ADDR") || !strings.Contains(r.said(), "FLEET_KAFKA_ADDR") {
		t.Errorf("run = %d, %q, want both variables named", status, r.said())
	}
}

func TestGivenServerThatDoesNotAnswerIsNamedByItsVariable(t *testing.T) {
	t.Parallel()
	nobody, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	for _, variable := range []string{"FLEET_REDIS", "FLEET_KAFKA"} {
		r := start(t, t.TempDir(), []string{variable + "=" + nobody}, "run")
		if status := r.status(t); status != 1 || !strings.Contains(r.said(), variable+": nobody answers") {
			t.Errorf("run = %d, %q, want %s named", status, r.said(), variable)
		}
	}
}

func TestStartIsCalledOffByASignal(t *testing.T) {
	t.Parallel()
	r := start(t, t.TempDir(), nil, "run", "-split")
	eventually(t, r, "it makes its database", func() bool { return strings.Contains(r.said(), "making a database") })
	interrupt(t, r)
	if status := r.status(t); status != 0 {
		t.Errorf("exit status = %d, want 0\n%s", status, r.said())
	}
}

func TestNothingOutlivesAKilledFleetAndItsDataStays(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := start(t, folder, nil, "run", "-split")
	f := r.ready(t)
	r.Process.Kill()
	r.status(t)
	wantAllGone(t, r, f)
	if err := os.Remove(filepath.Join(folder, ".local", "fleet.json")); err != nil {
		t.Errorf("facts of a killed fleet: %v", err)
	}
	again := start(t, folder, nil, "run")
	now := again.ready(t)
	if strings.Contains(again.said(), "making a database") || now.Databases["order-service"] == "" {
		t.Errorf("the fleet did not start on its old data\n%s", again.said())
	}
	interrupt(t, again)
	again.status(t)
}

func TestWrongUseIsExplained(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"dance"}, {"run", "-fast"}, {"run", "twice"}, {"infra"}, {"kafka"}} {
		r := start(t, t.TempDir(), nil, args...)
		if status := r.status(t); status != 1 || !strings.Contains(r.said(), "usage: fleet run") {
			t.Errorf("fleet %q = %d, %q, want 1 and the usage", args, status, r.said())
		}
	}
}
